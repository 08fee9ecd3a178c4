"""Which addresses of pages are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from chassis.web.addresses import HttpsAddress


@pytest.mark.parametrize(
    "address",
    [
        "https://meet.example.org/berakhot",
        "https://pictures.example.org/ruth.png?size=64#face",
        "https://example.org",
        "https://example.org:8443/x",
        "https://example.org:1/",
        "https://example.org:65535",
        "https://Example.ORG/",
        "https://us02web.zoom.us/j/123456789?pwd=abc.DEF_1",
        "https://r3---sn-4g5e.example.com/x",
        "https://he.wikipedia.org/wiki/%D7%91%D7%A8%D7%9B%D7%95%D7%AA",
        "https://example.org?x=a@b",
        "https://xn--4dbcagdahymbxekheh6e0a7fei0b.xn--4dbrk0ce/",
        "https://1.example.org/",
        "https://example.org/" + "x" * 480,
    ],
)
def test_an_address_of_a_public_page_is_taken_as_it_is(address: str) -> None:
    assert HttpsAddress().deserialize(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://",
        "https:example.org",
        "HTTPS://example.org/",
        "http://example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org/",
        "https:///example.org",
        "https://known.example@evil.example/",
        "https://ruth:secret@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/\\evil",
        "https://exam ple.org/",
        "https://example.org/a b",
        "https://example.org/\tx",
        "https://example.org/\nx",
        "https://example.org/\x00",
        'https://example.org/"onload="x',
        "https://example.org/<x>",
        "https://localhost/",
        "https://example/",
        "https://router.local/",
        "https://db.internal/",
        "https://1.0.168.192.in-addr.arpa/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0x1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::1/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:99999/",
        "https://example.org:/",
        "https://example.org:443a/",
        "https://.example.org/",
        "https://example..org/",
        "https://example.org./",
        "https://-example.org/",
        "https://example-.org/",
        "https://exa_mple.org/",
        "https://" + "a" * 64 + ".org/",
        "https://" + "a." * 126 + "aa.org/",
        "https://ex\u0430mple.org/",
        "https://example\u3002org/",
        "https://example.org/\u05d0",
        "https://xn--80ak6aa92e.com/",
        "https://xn--mnchen-3ya.example/",
        "https://xn--example-.org/",
        "https://xn--.org/",
        "https://XN--80AK6AA92E.com/",
        "https://xn--99999999999999.org/",
        "https://example.org/" + "x" * 481,
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        HttpsAddress().deserialize(address)


@given(st.text("htps:/.@[]\\?#%xn-abc0129 \u0430\u202e", max_size=40))
def test_an_accepted_address_has_one_reading(rest: str) -> None:
    try:
        address = HttpsAddress().deserialize(f"https://{rest}")
    except ValidationError:
        return
    host = address.removeprefix("https://")
    for end in "/?#:":
        host = host.partition(end)[0]
    assert address.isascii()
    assert "\\" not in address
    assert "." in host
    assert not set(host) & set("@[]% ")
    assert host.rpartition(".")[2][0].isalpha()
