"""Drawing together: strokes are shown at once, sent when there is a network, and seen by the other."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from lyceum_client import Lyceum

from .support.browsers import FORMS, PASSWORD, Browsers, Person

AsPerson = Callable[..., Person]
STROKES = "**/api/whiteboards/*/strokes"
# Whether anything is drawn within the middle of the canvas of this number.
IS_DRAWN = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(width / 4, height / 4, width / 2, height / 2);
  return data.some((value) => value > 0);
}"""


@pytest.fixture(scope="module")
def ruth(gateway: str) -> Iterator[Lyceum]:
    """The tutor, by the API."""
    with Lyceum(gateway) as client:
        yield client.sign_in("ruth", PASSWORD)


@pytest.fixture(scope="module")
def lessons(ruth: Lyceum) -> int:
    """The enrolment of a student of theirs, who is Boaz."""
    return next(
        each["id"]
        for each in ruth.list_enrollments()["items"]
        if each["student_username"] == "boaz" and each["status"] == "active"
    )


@pytest.fixture
def board(ruth: Lyceum, lessons: int) -> Iterator[int]:
    made = ruth.create_whiteboard({"enrolled_courses_id": lessons, "session_name": "The alphabet"})
    yield made["id"]
    ruth.delete_whiteboard(made["id"])


def area(person: Person) -> Locator:
    return person.page.locator(".board")


def draw(person: Person, *, height: float = 0.5) -> None:
    """A line across the board by the mouse."""
    box = area(person).bounding_box()
    assert box
    mouse, y = person.page.mouse, box["y"] + box["height"] * height
    mouse.move(box["x"] + box["width"] * 0.3, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.7, y, steps=8)
    mouse.up()


def count_of(person: Person, name: str) -> Locator:
    """How many strokes of a person the page knows of."""
    return person.page.get_by_role("row", name=name).get_by_role("cell").first


def test_each_sees_what_the_other_draws(board: int, as_person: AsPerson) -> None:
    tutor, student = as_person("ruth"), as_person("boaz")
    tutor.open(f"/whiteboards/{board}")
    student.open(f"/whiteboards/{board}")
    student.sees("Nobody has drawn yet.")
    tutor.page.get_by_role("button", name="Blue").click()
    draw(tutor)
    expect(count_of(student, "Ruth Adler")).to_have_text("1")
    assert student.page.locator("canvas").first.evaluate(IS_DRAWN)
    draw(student, height=0.6)
    expect(count_of(tutor, "Boaz Levi")).to_have_text("1")
    tutor.sees("All is saved.")


def test_one_draws_with_keys(board: int, as_person: AsPerson, ruth: Lyceum) -> None:
    student = as_person("boaz")
    student.open(f"/whiteboards/{board}")
    student.tab_to("Red")
    student.press("Enter")
    student.tab_to("Drawing")
    student.press("ArrowRight", "Space", "ArrowRight", "ArrowDown", "Shift+ArrowDown", "Space")
    expect(count_of(student, "Boaz Levi")).to_have_text("1")
    (stroke,) = ruth.list_strokes(board)["items"]
    assert stroke["operation"] == {
        "tool": "pen",
        "colour": "red",
        "width": "medium",
        "points": [[840, 500], [880, 500], [880, 540], [880, 548]],
    }


def test_what_is_drawn_offline_is_kept_and_sent_in_order(
    board: int, as_person: AsPerson, ruth: Lyceum
) -> None:
    student = as_person("boaz")
    student.open(f"/whiteboards/{board}")
    student.sees("Nobody has drawn yet.")
    student.context.set_offline(True)
    draw(student, height=0.4)
    student.page.get_by_role("button", name="Eraser").click()
    draw(student, height=0.5)
    student.sees("2 strokes are kept here until there is a network.")
    assert student.page.locator("canvas").last.evaluate(IS_DRAWN)
    student.context.set_offline(False)
    student.sees("All is saved.")
    expect(count_of(student, "Boaz Levi")).to_have_text("2")
    assert [each["operation"]["tool"] for each in ruth.list_strokes(board)["items"]] == [
        "pen",
        "eraser",
    ]


def test_what_was_not_sent_outlasts_a_reload(board: int, as_person: AsPerson) -> None:
    student = as_person("boaz")
    student.page.route(
        STROKES, lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    student.open(f"/whiteboards/{board}")
    student.sees("Nobody has drawn yet.")
    draw(student)
    student.sees("Saving")
    student.page.unroute(STROKES)
    student.page.reload()
    expect(count_of(student, "Boaz Levi")).to_have_text("1")
    student.sees("All is saved.")


@pytest.mark.thorough
def test_a_long_history_is_replayed_and_long_strokes_are_fetched(
    board: int, as_person: AsPerson, ruth: Lyceum
) -> None:
    lines = [{"tool": "pen", "points": [[10 * n, 0], [10 * n, 999]]} for n in range(160)]
    for half in (lines[:100], lines[100:]):
        strokes = [{"client_id": f"a-{line['points'][0][0]}", "operation": line} for line in half]
        ruth.draw_strokes(board, {"strokes": strokes})
    student = as_person("boaz")
    student.open(f"/whiteboards/{board}")
    expect(count_of(student, "Ruth Adler")).to_have_text("160")
    long = {"tool": "pen", "points": [[n, n % 100 + 400] for n in range(600)]}
    strange = {"shape": "circle", "of": None}
    strokes = [{"client_id": "b", "operation": long}, {"client_id": "c", "operation": strange}]
    ruth.draw_strokes(board, {"strokes": strokes})
    expect(count_of(student, "Ruth Adler")).to_have_text("162")


@pytest.mark.thorough
def test_a_closed_board_is_only_read(board: int, as_person: AsPerson) -> None:
    tutor, student = as_person("ruth"), as_person("boaz")
    student.open(f"/whiteboards/{board}")
    tutor.open(f"/whiteboards/{board}")
    tutor.tab_to("Close the board")
    tutor.press("Enter")
    tutor.page.get_by_role("dialog").get_by_role("button", name="Close the board").press("Enter")
    student.sees("This board is closed")
    expect(student.page.get_by_role("button", name="Eraser")).to_have_count(0)
    draw(student)
    student.sees("Nobody has drawn yet.")


@pytest.mark.thorough
def test_what_was_drawn_too_late_is_said(board: int, as_person: AsPerson, ruth: Lyceum) -> None:
    student = as_person("boaz")
    student.refusals.add(409)
    student.open(f"/whiteboards/{board}")
    student.sees("Nobody has drawn yet.")
    student.context.set_offline(True)
    draw(student)
    ruth.close_whiteboard(board)
    student.context.set_offline(False)
    student.sees("This board is closed. What you drew last is not on it.")


@pytest.mark.parametrize("form", FORMS)
def test_the_page_keeps_no_one_out(browsers: Browsers, board: int, ruth: Lyceum, form: str) -> None:
    line = {"tool": "pen", "colour": "green", "width": "broad", "points": [[300, 300], [900, 700]]}
    ruth.draw_strokes(board, {"strokes": [{"client_id": "1", "operation": line}]})
    with browsers.person("ruth", form) as tutor:
        tutor.open(f"/whiteboards/{board}")
        tutor.page.locator(".drawn td").first.wait_for()
        tutor.check_access()
