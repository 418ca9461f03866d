"""Texts of the sample edition, and what they are in German and Arabic."""

from __future__ import annotations

from collections.abc import Mapping

INTRO = """We keep *little* and say **what**: `ip`, names. See [our code](https://code.example.org/a?b=1&c=2).

### What we mean

- one | two
- <b>three</b>

| Word | Meaning |
| --- | --- |
| site | a set of hosts |
"""

TEXTS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "Privacy policy": "Datenschutzerklärung",
        "Our promise": "Unser Versprechen",
        INTRO: "Wir speichern *wenig*. Siehe [Quelltext](https://code.example.org/).\n\n"
        "### Begriffe\n\n- eins\n- zwei\n",
        "What we collect": "Was wir erheben",
        "Account": "Benutzerkonto",
        "To run your account.": "Um Ihr Konto zu führen.",
        "We never sell data.": "Wir verkaufen niemals Daten.",
        "Who receives data": "Wer Daten erhält",
        "Payments": "Zahlungen",
        "Services we use": "Dienste, die wir nutzen",
        "Recipient": "Empfänger",
        "Used on": "Verwendet auf",
        "Purpose": "Zweck",
        "Legal basis": "Rechtsgrundlage",
        "Personal data": "Personenbezogene Daten",
        "Place of processing": "Ort der Verarbeitung",
        "Transfer outside the EEA": "Übermittlung außerhalb des EWR",
        "Retention": "Speicherdauer",
        "Privacy policy of": "Datenschutzerklärung von",
        "Legitimate interest": "Berechtigtes Interesse",
        "Consent": "Einwilligung",
        "Name": "Name",
        "Nicknames": "Spitznamen",
        "United States": "Vereinigte Staaten",
        "Takes a payment.": "Nimmt eine Zahlung entgegen.",
        "Third party": "Dritter",
        "Processor": "Auftragsverarbeiter",
    },
    "ar": {
        "Privacy policy": "سياسة الخصوصية",
        "Our promise": "وعدنا لكم",
        INTRO: "نحتفظ *بالقليل* فقط. انظر [الشيفرة](https://code.example.org/) و `ip`.\n\n"
        "### مصطلحات\n\n- أولاً\n- ثانيًا\n",
        "What we collect": "ما الذي نجمعه",
        "Account": "الحساب",
        "To run your account.": "لتشغيل حسابك.",
        "We never sell data.": "لا نبيع البيانات أبدًا.",
        "Who receives data": "من يتلقى البيانات",
        "Payments": "المدفوعات",
        "Services we use": "الخدمات التي نستخدمها",
        "Recipient": "المستلم",
        "Used on": "يُستخدم في",
        "Purpose": "الغرض",
        "Legal basis": "الأساس القانوني",
        "Personal data": "البيانات الشخصية",
        "Place of processing": "مكان المعالجة",
        "Transfer outside the EEA": "النقل خارج المنطقة الاقتصادية الأوروبية",
        "Retention": "مدة الحفظ",
        "Legitimate interest": "مصلحة مشروعة",
        "Consent": "موافقة",
        "Name": "الاسم",
        "United States": "الولايات المتحدة",
        "Takes a payment.": "يستقبل الدفعات.",
        "Third party": "طرف ثالث",
        "Processor": "معالج",
    },
}
