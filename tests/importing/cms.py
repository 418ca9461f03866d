"""A page as content management systems make them, in an encoding of last century."""

from __future__ import annotations

from typing import Final

PAGE: Final = """\
<!DOCTYPE html>
<html lang="en"><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1252">
<title>Privacy | Beekeepers of the Valley</title><style>.x{color:red}</style></head>
<body class="page page-id-7"><div id="site"><header><div class="menu"><ul class="nav">
<li><a href="/">Home</a><ul><li><a href="/shop">Honey shop</a></li></ul></li></ul></div></header>
<div class="content"><div class="row"><div class="col-12"><div class="elementor-widget">
<h1 class="entry-title">Privacy&nbsp;notice</h1>
<div class="text"><p>We are the Beekeepers’ Club “Valley” – some 40&nbsp;people in Überlingen.</p>
<p>We don’t sell data&mdash;ever. See &sect;&nbsp;3 &amp; &#8222;terms&#8220;, price
5&euro;.</p></div>
<details><summary>Who is responsible?</summary><div><p>The club, Lane&nbsp;4, 88662
Überlingen.</p>
<p>Ask us <em>any</em>time.</p></div></details>
<details open><summary><h2>Which data?</h2></summary>Words without a paragraph. <p>And
more.</p></details>
<dl><dt>Cookies<dd>Small files. They last 30 days.<dd>They can be deleted.
<dt>Logs<dd><ul><li>IP address<li>Time of the visit</ul></dl>
<ul><li>Orders<ul><li>of honey</li><li>of wax</li></ul>and what was paid</li></ul>
<h2>Who receives data</h2>
<div class="table-responsive"><table class="wp-block-table">
<thead><tr><th rowspan="2">Recipient</th><th colspan="2">Processing</th>
<th rowspan="2">Data</th></tr><tr><th>Purpose</th><th>Legal basis</th></tr></thead>
<tbody><tr><td rowspan="2">Päyco</td><td>Payments</td><td>Contract</td>
<td><ul><li>Name</li><li>Card number</li></ul></td></tr>
<tr><td>Fraud checks</td><td>Legitimate interest</td><td><p>IP address</p><p>Device</p></td></tr>
<tr><td colspan="4">The following only with your consent:</td></tr>
<tr><td>MailBird</td><td>Letters<br>Reminders</td><td>Consent</td><td>E-mail&nbsp;address</td></tr>
</tbody><tfoot><tr><td colspan="4">As of March 2024.</td></tr></tfoot></table></div>
<h2>Your rights</h2>
<ol><li value="3"><p>Access.</p><p>In writing, if you like.</p></li><li>Erasure<br>at any
time</li></ol>
<table role="presentation"><tr><td><h3>Write to us</h3><p>By letter.</p></td>
<td><p>By mail.</p><table><tr><td>Anna</td><td>Secretary</td></tr></table></td></tr></table>
<table><tr><th>Right</th><th>Article</th></tr><tr><td>Access</td><td>15<sup>1</sup></td></tr>
<tr><td colspan="2">All of them are free.</td></tr><tr><td>Erasure</td><td>17</td></tr></table>
<p><sup>1</sup> Also <abbr title="Federal Data Protection Act">BDSG</abbr>, <s>§ 19</s> § 34.
<p hidden>Only for printing.</p><blockquote>Bees first.</blockquote>
<noscript>Without scripts, the form does not work.</noscript>
</div></div></div></div></div></body></html>
"""

SENTENCES: Final = (
    "Home", "Honey shop", "Privacy notice",
    "We are the Beekeepers’ Club “Valley” – some 40 people in Überlingen.",
    "We don’t sell data—ever.", "See § 3 & „terms“, price 5€.", "Who is responsible?",
    "The club, Lane 4, 88662 Überlingen.", "Ask us anytime.", "Which data?",
    "Words without a paragraph.", "And more.", "Cookies", "Small files.", "They last 30 days.",
    "They can be deleted.", "Logs", "IP address", "Time of the visit", "Orders", "of honey",
    "of wax", "and what was paid", "Who receives data", "The following only with your consent:",
    "As of March 2024.", "Your rights", "Access.", "In writing, if you like.", "Erasure",
    "at any time", "Write to us", "By letter.", "By mail.", "Anna", "Secretary", "Right", "Article",
    "All of them are free.", "17", "¹ Also BDSG, § 19 § 34.", "Only for printing.", "Bees first.",
    "Without scripts, the form does not work.",
)  # fmt: skip
"""What a reader of the page sees, written down by hand."""

CELLS: Final = (
    "Processing", "Päyco", "Payments", "Contract", "Name", "Card number", "Fraud checks",
    "Legitimate interest", "IP address", "Device", "MailBird", "Letters", "Reminders", "Consent",
    "E-mail address",
)  # fmt: skip
"""What its table of recipients says; facts come out as the program's own words for them."""
