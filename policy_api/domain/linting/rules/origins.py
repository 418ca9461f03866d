"""SRC: where data comes from if it does not come from the person."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, data_names, each, flaw
from policy_api.domain.linting.handling import Handling
from policy_api.domain.linting.view import View

FROM_THE_PERSON: Final = "dpv:DataSubjectDataSource"

NO_SOURCE = N_("{name}: {data} does not come from the person, and the source is not stated.")


class SourceStated(Rule):
    """Art. 14(2)(f): people wonder how somebody got to know them."""

    id, severity, source = "SRC-001", Severity.ERROR, "GDPR 14(2)(f)"
    title = "Data that is not obtained from the person has a source"

    @override
    def check(self, view: View) -> Found:
        def indirect(one: Handling) -> tuple[str, ...]:
            return tuple(key for key in one.categories or () if self._is_indirect(view, key))

        def judge(one: Handling) -> Flaw | None:
            if not indirect(one) or self._names_another(one):
                return None
            named = data_names(view, indirect(one))
            return flaw(one.at("source_of_data"), NO_SOURCE, name=one.name, data=named)

        concerned = (one for one in view.handlings if indirect(one) or self._names_another(one))
        return each(concerned, judge)

    @staticmethod
    def _is_indirect(view: View, category: str) -> bool:
        own = view.source.entries.get(f"categories/{category}", {})
        return own.get("obtained_from_person") is False

    @staticmethod
    def _names_another(one: Handling) -> bool:
        return one.facts.get("source_of_data") not in (None, FROM_THE_PERSON)


RULES: tuple[Rule, ...] = (SourceStated(),)
