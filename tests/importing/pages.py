"""Pages as people have them today: with menus, tables and everything around the text."""

from __future__ import annotations

from typing import Any

from policy_api.domain.importing.counting import Count
from policy_api.domain.importing.draft_bundle import Drafted, Wanted, draft_source
from policy_api.domain.importing.page import Dropping
from policy_api.domain.importing.reading import Kind, read_page
from policy_api.domain.rendering.edition import Composer

TEXT = """\
Jump to the text
Menu
ShopGardenWhy us?
Blog
OPEN AN ACCOUNT
Privacy notice
We grow vegetables and we like to keep things simple. This page says what we know about you.
It is valid for allotment.example and for its shop.
Who we are
We are the Example Allotment Society, a club of some ninety gardeners in Lyon and around.
Please write to hello@allotment.example if anything here is unclear to you. We answer in 3 days.
What we keep
Some of this you tell us, and some of it comes with your visit:
Orders — your name, the address of your plot, and what you bought [since 2019]. Use *them* well.
Visits — pages, date, and a shortened IP address; we count 1,000 visits a month or so.
• Seeds you reserved
• Tools you borrowed
1. First we ask.
2. Then we store.
Helpers
These companies work on our behalf, each of them under a contract with us that we can show you:
Subprocessor
Data location and security
Service
Server Farm
Europe, France
Machines, databases and their daily copies, in a hall near Lyon, France.
Others who get something
When you pay or write to us, one of these others gets to know a part of what you typed:
Recipient
Purpose of processing
Lawful basis
Data location and security
Personal data collected by the third party
Privacy policy
Plot Pay
To take the money for seeds and tools, and to find out when a payment is not yours
Contract
USA
Card number, name, and more.
link
Mail Pigeon
To send you the letter of the season
Explicit consent
Germany
Email
link
Map Tiles
To show where your plot is
Legitimate interest
Worldwide
None
link
Chat Shed
To answer you at once
Legitimate interest
Lyon, France
Email address, Nickname,
Messages
link
How long
As long as you have a plot, and then ten years for invoices, because the tax office wants them so.
{"popup":"seeds","delay":500,"text":"Wait! {site.name} has seeds"}
Contact us
E-Mail: hello@allotment.example
Garden Lane 4
69001 Lyon
France
Imprint
Jobs
"""

HTML = """\
<!DOCTYPE html>
<html lang="en"><head><title>Privacy notice | Allotment</title>
<style>body { color: green }</style><script>var a = "<p>not a text</p>";</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
<!-- <p>hidden from all</p> -->
<main><h1>Privacy notice</h1>
<p>We grow vegetables, <strong>not</strong> profiles. See <a href="https://allotment.example/a(b)">the
map</a> &amp; the <em>rules</em>.</p>
<h2>What we keep</h2>
<p>Line one<br>line two &lt;b&gt; &#123;site.name&#125; *stars* _under_ `code` [x](y) 1. and #</p>
<ul><li>Seeds <ul><li>of carrots</li><li>of beans</li></ul></li><li>Tools<p>and spades</p></li></ul>
<ol start="3"><li>ask</li><li>store</li></ol>
<h3>In detail</h3><p>1. not a list</p><p>- nor this</p><p># nor a heading</p><p>+49 40 123</p>
<div>loose words <p>a paragraph</p> more loose words</div>
<h2>Who gets it</h2>
<table><caption>Others</caption><thead><tr><th>Provider</th><th>Why</th><th>Legal basis</th>
<th>Country</th><th>Personal data</th><th>Privacy policy</th><th>Remarks</th></tr></thead>
<tbody><tr><td><a href="https://pay.example">Plot Pay</a></td><td>Payments</td>
<td>Art. 6(1)(b) GDPR</td><td>USA</td><td>Card number, name</td>
<td><a href="http://pay.example/privacy">link</a></td><td>only in the <b>shop</b></td></tr>
<tr><td>Mail Pigeon</td><td>Letters</td><td>Consent (in the form)</td><td>Paris, France</td>
<td>None</td><td><a href="/pigeon">here</a></td><td></td></tr></tbody></table>
<h2>Opening hours</h2>
<table><tr><th>Day</th><th>Hours | from – to</th></tr><tr><td>Monday</td><td>9–12</td></tr>
<tr><td rowspan="2">Friday</td><td>14–18</td></tr><tr><td>20–22</td></tr></table>
<h2>Opt out</h2><iframe src="https://stats.example/optout"></iframe><img src="x.png" alt="A seed">
<form><label>Your name</label><input name="n" placeholder="Jane"><button>Send</button></form>
<p><a href="javascript:alert(1)">Do it</a> or <a href="contact">write</a>.</p>
</main><footer><p>Imprint</p></footer></body></html>
"""


def drafted(
    page: str,
    *,
    dropping: Dropping | None = None,
    kind: Kind | None = None,
    **wanted: Any,  # noqa: ANN401 -- fields of Wanted
) -> tuple[Drafted, Count]:
    """Return the draft of a page and how much of the page its edition holds."""
    reading = read_page(page.encode(), dropping=dropping, kind=kind)
    found = draft_source(reading.page, Wanted(**wanted))
    return found, reading.count(Composer(found.source).content("main", "privacy", "en"))
