"""Pages laid out from the right: mirrored, but for code and charts, and nothing sticks out on a narrow phone."""

from collections.abc import Callable

from tests.browser.states import TASK
from tests.browser.visits import Visit
from tests.people import answers

# In such a page things stick out on the left. Those in a scrolling box may.
_FOUND = """() => {
  document.documentElement.dir = 'rtl';
  for (const it of document.querySelectorAll('details')) it.open = true;
  const wide = document.documentElement.scrollWidth > innerWidth;
  const within = (it) => it.closest('.scroll, .vh, .skip, .code, .printed pre, .chart, .stacked thead');
  const out = [...document.body.querySelectorAll('*')].filter((it) => {
    const box = it.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1) && !within(it);
  });
  const turned = [...document.querySelectorAll('code, pre, .chart')];
  const wrong = turned.filter((it) => getComputedStyle(it).direction !== 'ltr');
  const mirrored = getComputedStyle(document.querySelector('h1')).direction;
  return [wide, out.map((it) => `${it.tagName}.${it.className}`), wrong.length, turned.length > 0, mirrored];
}"""


def test_pages_from_the_right_fit_a_narrow_phone_and_leave_code_as_it_is(visit: Callable[..., Visit]) -> None:
    learner = visit(viewport={"width": 320, "height": 700})
    page = learner.page
    learner.open(TASK)
    learner.answer(TASK, answers(TASK, passing=True)[0])
    assert page.evaluate(_FOUND) == [False, [], 0, True, "rtl"], "a solved task"
    for path in ("/topics/canary-releases/introduction/", "/topics/canary-releases/visualise/", "/lab/"):
        page.goto(path)
        assert page.evaluate(_FOUND) == [False, [], 0, True, "rtl"], path
    for path in ("/", "/topics/canary-releases/", "/progress/", "/attempts/"):
        page.goto(path)
        found = page.evaluate(_FOUND)
        assert (found[:3], found[4]) == ([False, [], 0], "rtl"), path
