"""One study session: joining it, talking in it, hosting it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from .support.browsers import FORMS, MARKS, PASSWORD, Browsers, Person, fetched
from .support.study_sessions import api_of, conversation, hosted, in_hours, said

AsPerson = Callable[..., Person]
NOT_SENT = "not sent yet"


def open_session(person: Person, session_id: str) -> None:
    person.open(f"/study-sessions/{session_id}")


def log(person: Person) -> Locator:
    return person.page.get_by_role("log")


def message(person: Person, words: str) -> Locator:
    return log(person).locator("li.message").filter(has_text=words)


def top_of(element: Locator) -> float:
    return element.evaluate("element => element.getBoundingClientRect().top")


def say(person: Person, words: str) -> None:
    person.page.get_by_role("textbox", name="Message").fill(words)
    person.press("Enter")


def choose(person: Person, menu: str, item: str) -> None:
    # Marks of direction stand round the name.
    label = re.compile(MARKS.join(map(re.escape, menu)))
    person.page.get_by_label(label).click()
    person.page.get_by_role("button", name=item).click()


def test_visitors_see_it_and_come_back_to_it_from_the_sign_in(
    visitor: Person, gateway: str
) -> None:
    session = hosted(gateway, venue_name="Reading room", description="Bring a text.")
    open_session(visitor, session)
    for words in (
        "Evening reading",
        "Reading room",
        "Bring a text.",
        "Ruth Adler",
        "4 of 5 seats free",
    ):
        visitor.sees(words)
    visitor.page.get_by_role("link", name="Sign in to join").click()
    visitor.page.get_by_label("E-mail address or username").fill("yael")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Enter")
    visitor.page.get_by_role("button", name="Join", exact=True).wait_for()
    assert visitor.page.url.endswith(session)


def test_two_people_talk_by_keyboard_alone(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway)
    ruth, boaz = as_person("ruth"), as_person("boaz")
    open_session(ruth, session)
    expect(log(ruth)).to_contain_text("Nothing has been said yet")
    open_session(boaz, session)
    boaz.tab_to("Join")
    boaz.press("Enter")
    expect(boaz.page.get_by_role("heading", name="Conversation")).to_be_focused()
    expect(log(ruth)).to_contain_text("Boaz Levi joined")
    expect(ruth.page.locator(".people")).to_contain_text("Boaz Levi")

    boaz.tab_to("Message")
    boaz.page.keyboard.type("Shalom!")
    boaz.press("Shift+Enter")
    boaz.page.keyboard.type("Who begins?")
    boaz.press("Enter")
    expect(message(ruth, "Who begins?")).to_contain_text("Boaz Levi")
    expect(message(boaz, "Who begins?")).to_contain_text("You")
    expect(boaz.page.get_by_role("textbox", name="Message")).to_be_focused()
    assert conversation(gateway, session) == ["Shalom!\nWho begins?"]

    boaz.press("ArrowUp")
    expect(
        boaz.page.get_by_role("form", name="Edit the message").get_by_role("textbox")
    ).to_be_focused()
    boaz.press("End")
    boaz.page.keyboard.type(" You do.")
    boaz.press("Enter")
    expect(message(ruth, "You do.")).to_contain_text("edited")
    expect(boaz.page.get_by_role("textbox", name="Message")).to_be_focused()


@pytest.mark.thorough
def test_a_deleted_message_goes_for_everyone(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz")
    said(gateway, session, "boaz", "I did not mean this.")
    ruth, boaz = as_person("ruth"), as_person("boaz")
    for person in (ruth, boaz):
        open_session(person, session)
        message(person, "I did not mean this.").wait_for()
    choose(ruth, "What to do about the message of Boaz Levi", "Delete the message")
    ruth.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(ruth.page.get_by_role("dialog")).to_have_count(0)
    for person in (ruth, boaz):
        expect(log(person)).to_contain_text("This message was deleted.")
        expect(log(person)).not_to_contain_text("I did not mean this.")
    expect(ruth.page.get_by_role("textbox", name="Message")).to_be_focused()


def test_what_is_written_without_a_network_is_sent_once_and_in_order(
    as_person: AsPerson, gateway: str
) -> None:
    session = hosted(gateway, "boaz")
    boaz = as_person("boaz")
    open_session(boaz, session)
    boaz.context.set_offline(True)
    say(boaz, "The first")
    say(boaz, "The second")
    boaz.page.get_by_role("textbox", name="Message").fill("Half a th")
    expect(message(boaz, NOT_SENT)).to_have_count(2)

    def lose(route: Route) -> None:
        # The platform has it, and the browser is not told.
        if route.request.method == "POST":
            fetched(route)
            route.abort()
        else:
            route.continue_()

    boaz.page.route("**/messages", lose)
    boaz.context.set_offline(False)
    boaz.page.reload()
    boaz.sees("Evening reading")
    expect(message(boaz, "The first").first).to_be_visible()
    expect(boaz.page.get_by_role("textbox", name="Message")).to_have_value("Half a th")
    boaz.page.unroute_all(behavior="wait")
    expect(message(boaz, NOT_SENT)).to_have_count(0)
    expect(log(boaz).locator(".message .words")).to_have_text(["The first", "The second"])
    assert conversation(gateway, session) == ["The first", "The second"]


def test_a_refused_message_says_so_and_can_be_sent_again(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz")
    boaz = as_person("boaz")
    open_session(boaz, session)
    boaz.refusals.add(409)
    problem = {"code": "message_limit_reached", "status": 409, "title": "Too many"}

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=409, json=problem)
        else:
            route.continue_()

    boaz.page.route("**/messages", refuse)
    say(boaz, "Once more")
    boaz.sees("Not sent:")
    boaz.page.unroute("**/messages", refuse)
    boaz.page.get_by_role("button", name="Send again").click()
    expect(log(boaz).locator(".unsent")).to_have_count(0)
    expect(log(boaz).locator(".message .words")).to_have_text(["Once more"])
    assert conversation(gateway, session) == ["Once more"]


@pytest.mark.thorough
def test_earlier_messages_come_on_request_and_the_place_stays(
    as_person: AsPerson, gateway: str
) -> None:
    session = hosted(gateway, *(people := ("boaz", "naomi", "david", "miriam")))
    for turn, username in enumerate(6 * ("ruth", *people)):
        said(gateway, session, username, f"Number {2 * turn}", f"Number {2 * turn + 1}")
    ruth = as_person("ruth")
    open_session(ruth, session)
    ruth.page.get_by_role("textbox", name="Message").scroll_into_view_if_needed()
    expect(message(ruth, "Number 59")).to_be_in_viewport()
    expect(message(ruth, "Number 9")).to_have_count(0)
    older = ruth.page.get_by_role("button", name="Earlier messages")
    older.scroll_into_view_if_needed()
    before = top_of(message(ruth, "Number 10"))
    older.click()
    message(ruth, "Number 0").wait_for(state="attached")
    assert abs(top_of(message(ruth, "Number 10")) - before) < 60
    said(gateway, session, "boaz", "The newest")
    message(ruth, "The newest").wait_for(state="attached")
    expect(message(ruth, "The newest")).not_to_be_in_viewport()
    ruth.page.get_by_role("button", name="Newest messages").click()
    expect(message(ruth, "The newest")).to_be_in_viewport()


def test_the_waitlist_gives_a_seat_that_becomes_free(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz", max_participants=2)
    naomi = as_person("naomi")
    open_session(naomi, session)
    naomi.page.get_by_role("button", name="Join the waitlist").click()
    naomi.sees("You are number 1 on the waitlist.")
    api_of(gateway, "boaz").leave_study_session(session)
    naomi.sees("You have a seat")
    expect(log(naomi)).to_be_visible()


@pytest.mark.thorough
def test_joining_tells_what_is_at_the_same_time(as_person: AsPerson, gateway: str) -> None:
    start = in_hours(500)
    hosted(gateway, host="david", title="The other one", start_time=start)
    session = hosted(gateway, start_time=start)
    david = as_person("david")
    david.refusals.add(403)
    open_session(david, session)
    david.page.get_by_role("button", name="Join", exact=True).click()
    david.sees("at the same time:")
    expect(david.page.get_by_role("link", name="The other one").first).to_be_visible()
    david.page.get_by_role("button", name="Leave the session").click()
    david.page.get_by_role("dialog").get_by_role("button", name="Leave the session").click()
    david.page.get_by_role("button", name="Join", exact=True).wait_for()


@pytest.mark.thorough
def test_a_private_session_opens_with_its_code(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, visibility="private")
    code = api_of(gateway, "ruth").get_study_session(session)["join_code"]
    yael = as_person("yael")
    yael.refusals.add(404)
    open_session(yael, session)
    yael.page.get_by_label("Join code").fill("WRONG234")
    yael.press("Enter")
    yael.sees("No session opens with this code.")
    yael.open(f"/study-sessions/{session}?again#code={code}")
    expect(yael.page.get_by_label("Join code")).to_have_value(str(code))
    yael.page.get_by_role("button", name="Join", exact=True).click()
    yael.sees("Evening reading")
    expect(yael.page.get_by_role("textbox", name="Join code")).to_have_value(str(code))


@pytest.mark.thorough
def test_hosts_remove_hand_over_and_cancel(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz", "naomi")
    ruth, boaz, naomi = as_person("ruth"), as_person("boaz"), as_person("naomi")
    boaz.refusals |= {403, 404}
    for person in (ruth, boaz, naomi):
        open_session(person, session)
        person.page.locator(".people").wait_for()
    choose(ruth, "What to do about Boaz Levi", "Remove")
    dialog = ruth.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Too loud")
    dialog.get_by_role("button", name="Remove").click()
    boaz.sees("The host has removed you from this session.")
    expect(log(naomi)).to_contain_text("Boaz Levi was removed by the host")

    choose(ruth, "What to do about Naomi Stern", "Make host")
    ruth.page.get_by_role("dialog").get_by_role("button", name="Make host").click()
    naomi.page.get_by_role("button", name="Cancel the session").click()
    dialog = naomi.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The library is closed.")
    dialog.get_by_role("button", name="Cancel the session").click()
    for person in (naomi, ruth):
        person.sees("The host has cancelled this session.")
        person.sees("The library is closed.")
    expect(naomi.page.get_by_role("heading", name="Evening reading")).to_be_visible()


@pytest.mark.thorough
def test_a_host_starts_and_ends_it_while_others_see_it(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "boaz", start_time=in_hours(0.1))
    ruth, boaz = as_person("ruth"), as_person("boaz")
    open_session(boaz, session)
    log(boaz).wait_for()
    open_session(ruth, session)
    ruth.page.get_by_role("button", name="Start now").click()
    boaz.sees("Live now")
    expect(log(boaz)).to_contain_text("The session has begun")
    ruth.page.get_by_role("button", name="End the session").click()
    ruth.page.get_by_role("dialog").get_by_role("button", name="End the session").click()
    boaz.sees("Finished")
    expect(boaz.page.get_by_role("textbox", name="Message")).to_be_visible()


def test_what_someone_blocked_has_written_is_folded(as_person: AsPerson, gateway: str) -> None:
    session = hosted(gateway, "tamar", "hillel")
    said(gateway, session, "hillel", "Something rude")
    tamar = as_person("tamar")
    open_session(tamar, session)
    choose(tamar, "What to do about the message of Hillel", "Report this message")
    tamar.page.get_by_role("radio", name="Harassment").check()
    tamar.page.get_by_label("What should we know?").fill("Not here, please")
    tamar.page.get_by_role("button", name="Send the report").click()
    expect(tamar.page.locator(".told")).to_contain_text("Thank you.")
    choose(tamar, "What to do about the message of Hillel", "Block")
    tamar.page.get_by_role("dialog").get_by_role("button", name="Block", exact=True).click()
    folded = log(tamar).get_by_text("A message of someone whom you block")
    folded.wait_for()
    expect(log(tamar).get_by_text("Something rude")).not_to_be_visible()
    folded.click()
    expect(log(tamar).get_by_text("Something rude")).to_be_visible()


def test_nothing_keeps_anyone_out(browsers: Browsers, gateway: str) -> None:
    session = hosted(gateway, "boaz", mode="hybrid", meeting_url="https://meet.example.org/x")
    said(gateway, session, "boaz", "שלום לכולם", "Good evening")
    said(gateway, session, "ruth", "Welcome")
    for form in FORMS:
        with browsers.person("ruth", form=form) as ruth:
            open_session(ruth, session)
            message(ruth, "Welcome").wait_for()
            ruth.page.locator(".people .menu summary").first.click()
            ruth.check_access()


def test_nothing_keeps_visitors_out(browsers: Browsers, gateway: str) -> None:
    session = hosted(gateway, location_visibility="approximate")
    for form in FORMS:
        with browsers.person(form=form) as visitor:
            open_session(visitor, session)
            visitor.check_access()


def test_words_are_shown_as_words(as_person: AsPerson, gateway: str) -> None:
    hostile = "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script> javascript:1"
    session = hosted(gateway, "tamar", "hillel")
    said(gateway, session, "hillel", hostile)
    tamar = as_person("tamar")
    open_session(tamar, session)
    expect(log(tamar).locator(".message .words")).to_have_text([hostile])
    expect(log(tamar).locator("img, script")).to_have_count(0)
    assert tamar.page.title() != "taken"
