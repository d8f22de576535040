"""Uses sites as people do, in a headless Chromium: `site_check.py SITE LARGE PROOFS [PICTURES]`. LARGE has hundreds of rows, the cells of
PROOFS have proofs. Prints a JSON object: for each check the empty string, or what was wrong. With a folder for pictures it also takes some of SITE, for a
person to look at."""
import importlib.util, json, pathlib, sys, traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chromium import Browser

CHECKS, LARGE_CHECKS, PROOF_CHECKS = [], [], []


def check(function):
    CHECKS.append(function)
    return function


def check_large(function):
    LARGE_CHECKS.append(function)
    return function


def check_proofs(function):
    PROOF_CHECKS.append(function)
    return function


def expect(fact, message):
    if not fact:
        raise AssertionError(message)


def address(site, name):
    return (site / name).as_uri()


def shown(page):
    return page.value("[...document.querySelectorAll('#matrix tbody tr')].filter(row => !row.hidden).length")


def lit(page, of="td"):
    return page.value(f"document.querySelectorAll('#matrix tbody tr:not([hidden]) {of}:not(.off)').length")


@check
def the_first_page_loads_without_a_complaint_or_a_request_elsewhere(browser, site):
    page = browser.open(address(site, "index.html"))
    expect(page.value("document.documentElement.dataset.ready") is not None, "the page's program did not come to its end")
    expect(page.complaints() == [], page.complaints())


@check
def search_leaves_what_it_finds_and_says_how_much(browser, site):
    page = browser.open(address(site, "index.html"))
    everything = shown(page)
    page.value("document.getElementById('f-q').focus()")
    page.type("debian-12")
    page.until("document.getElementById('f-count').textContent.includes(' of ')")
    expect(0 < shown(page) < everything, f"{shown(page)} of {everything} rows")
    expect(page.value("[...document.querySelectorAll('#matrix tbody tr:not([hidden])')].every(row => row.textContent.includes('debian-12'))"), "a row without the word")
    expect("q=debian-12" in page.value("location.hash"), "the address does not keep the search")
    page.press("Escape")
    page.until("!document.getElementById('f-count').textContent.includes(' of ')")
    expect(shown(page) == everything, "Escape does not clear the search")


@check
def filters_work_together(browser, site):
    page = browser.open(address(site, "index.html"))
    page.value("document.querySelector('[data-verdict=incompatible]').click()")
    expect(lit(page, "td.compatible") == 0 and lit(page, "td.incompatible") > 0, "the verdict's filter leaves others")
    page.value("document.querySelector('[data-layout=legacy]').click()")
    expect(page.value("[...document.querySelectorAll('#matrix thead th')].filter(cell => !cell.hidden).length") == 2, "other layouts are still there")
    page.value("(() => { const select = document.getElementById('f-cause'); select.value = 'verifier-rejected'; select.dispatchEvent(new Event('change')); })()")
    expect(shown(page) == 0, "no legacy cell was refused by a verifier")
    page.value("document.getElementById('f-reset').click()")
    expect(page.value("location.hash") in ("", "#"), "reset leaves an address")
    expect(shown(page) > 0, "reset leaves rows hidden")


@check
def a_deep_link_sets_the_filters(browser, site):
    page = browser.open(address(site, "index.html") + "#verdict=incompatible&layout=unified&sort=series")
    expect(page.value("document.querySelector('[data-verdict=incompatible]').getAttribute('aria-pressed')") == "true", "the verdict is not set")
    expect(page.value("document.getElementById('f-sort').value") == "series", "the order is not set")
    expect(lit(page, "td.incompatible") > 0 and lit(page, "td.compatible") == 0, "the filter is not applied")
    page.value("document.querySelector('.short a').click()")
    page.until("document.getElementById('f-guest').value !== '' || document.getElementById('f-series').value !== ''")


@check
def a_cell_is_opened_with_the_keyboard(browser, site):
    page = browser.open(address(site, "index.html"))
    page.press("/")
    expect(page.value("document.activeElement.id") == "f-q", "/ does not lead to the search")
    page.value("document.querySelector('#matrix td a').focus()")
    first = page.value("document.activeElement.getAttribute('href')")
    page.press("ArrowDown")
    expect(page.value("document.activeElement.getAttribute('href')") not in (None, first), "the arrow does not move")
    page.press("ArrowUp")
    expect(page.value("document.activeElement.getAttribute('href')") == first, "the arrow does not lead back")
    browser.events.clear()
    page.press("Enter")
    browser.wait("Page.loadEventFired")
    expect("/cells/" in page.value("location.pathname"), "Enter opens no cell")
    expect(page.value("document.getElementById('verdict').textContent.length > 10"), "the cell's page has no verdict")
    expect(page.value("document.querySelector('pre.cmd').textContent").startswith("kmatrix run"), "the page does not say how to run it again")
    expect(page.complaints() == [], page.complaints())


@check
def dark_follows_the_system_and_the_button_is_remembered(browser, site):
    page = browser.open(address(site, "index.html"), scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.value(background)
    page.view(scheme="light")
    light = page.value(background)
    expect(dark != light and light == "rgb(255, 255, 255)", f"{dark} and {light}")
    page.value("document.getElementById('theme').click()"), page.value("document.getElementById('theme').click()")
    expect(page.value(background) == dark, "the button does not make it dark")
    page.go(address(site, "changes.html"))
    expect(page.value(background) == dark, "the next page has forgotten")
    page.value("localStorage.clear()")


@check
@check_proofs
def a_phone_shows_every_page_in_its_width(browser, site):
    for name in [*[name for name in ("proofs.html", "proofs/attach.html") if (site / name).exists()], "index.html", "changes.html", *[f"cells/{path.name}" for path in sorted((site / "cells").iterdir())[:6]], *[f"causes/{path.name}" for path in sorted((site / "causes").iterdir())[:2]]]:
        page = browser.open(address(site, name), width=360, height=740, phone=True)
        width = page.value("document.documentElement.scrollWidth")
        expect(width <= 360, f"{name} is {width} wide")


@check
def nothing_of_a_guest_is_run_or_taken_for_markup(browser, site):
    for path in [site / "index.html", site / "changes.html", *sorted((site / "cells").iterdir())]:
        page = browser.open(path.as_uri())
        expect(page.value("typeof window.pwned") == "undefined", f"{path.name} ran a guest's script")
        foreign = page.value("[...document.querySelectorAll('script,iframe,object,embed,form,base,img')].filter(each => !/(site\\.js|boot-times\\.svg)$/.test(each.src ?? '')).length")
        expect(foreign == 0, f"{path.name} has {foreign} elements that are not the site's")
        expect(page.value(r"!/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000e-\u001f\u200b-\u200f]/.test(document.documentElement.textContent)"), f"{path.name} has control characters")
        expect(page.complaints() == [], f"{path.name}: {page.complaints()}")


@check
@check_proofs
def print_leaves_out_what_paper_cannot_do(browser, site):
    page = browser.open(address(site, "index.html"), media="print")
    expect(page.value("getComputedStyle(document.querySelector('.tools')).display") == "none", "the filters would be printed")
    expect(page.value("getComputedStyle(document.querySelector('.scroll')).maxHeight") == "none", "the table would be cut")
    for name in ("index.html", "proofs.html"):
        if (site / name).exists():
            page = browser.open(address(site, name), media="print", width=720)
            widths = page.value("[...document.querySelectorAll('table')].map(table => Math.round(table.getBoundingClientRect().right))")
            expect(max(widths) <= 720, f"{name} is wider than paper: {widths}")


@check
def a_verdict_of_an_earlier_run_says_so(browser, site):
    page = browser.open(address(site, "cells/micro_6.6.1-1_cloud-amd64_unified.html"))
    expect("Reused from run night-7 of 2025-12-31T00:00:00Z" in page.value("document.getElementById('verdict').innerText"), "the verdict does not say whose it is")
    page.go(address(site, "cells/micro_6.1.176-1_cloud-amd64_unified.html"))
    expect("Reused" not in page.value("document.getElementById('verdict').innerText"), "a verdict of the run itself is said to be another's")


ROWS = "[...document.querySelectorAll('#matrix tbody tr')]"


@check_large
def rows_far_away_are_laid_out_later_and_columns_stay_in_line(browser, site):
    page = browser.open("about:blank")
    is_drawn = ROWS + "[200].querySelector('a').checkVisibility({contentVisibilityAuto: true})"
    # Asked of the style: what is skipped is known only once a frame was drawn, and on a busy machine none was by then.
    style = f"getComputedStyle({ROWS}[200].closest('tbody')).contentVisibility"
    page.call("Page.addScriptToEvaluateOnNewDocument", source=f"addEventListener('DOMContentLoaded', () => {{ window.early = {style}; }})")
    page.go(address(site, "index.html"))
    early = page.value("window.early")
    expect(early == "auto", f"a row far down is to be laid out before the page is ready: {early}")
    page.until(is_drawn)
    page.value("document.getElementById('cells').scrollIntoView()"), page.value(ROWS + "[200].scrollIntoView({block: 'center'})")
    edges = "JSON.stringify([...%s.cells].map(cell => Math.round(cell.getBoundingClientRect().left)))"
    heads, cells = (page.value(edges % row) for row in ("document.querySelector('#matrix thead tr')", ROWS + "[200]"))
    expect(heads == cells, f"the columns' heads are at {heads}, the cells at {cells}")


@check_large
def arrows_lead_from_part_to_part(browser, site):
    page = browser.open(address(site, "index.html"))
    focused = ROWS + ".indexOf(document.activeElement.closest('tr'))"
    page.value(ROWS + "[49].querySelector('a').focus()")
    page.press("ArrowDown")
    expect(page.value(focused) == 50, f"down leads to row {page.value(focused)}")
    page.press("ArrowUp")
    expect(page.value(focused) == 49, f"up leads to row {page.value(focused)}")


@check_large
def filters_keep_the_order_and_reset_brings_every_row_back(browser, site):
    page = browser.open(address(site, "index.html"))
    names = ROWS + ".map(row => row.cells[0].textContent)"
    everything = page.value(names)
    page.go(address(site, "index.html") + "#q=debian-13")
    page.until("document.getElementById('f-count').textContent.includes(' of ')")
    expect(page.value(names) == [name for name in everything if "debian-13" in name], "the search finds others, or in another order")
    page.value("document.getElementById('f-reset').click()")
    expect(page.value(names) == everything, "reset does not bring every row back to its place")
    page.go(address(site, "index.html") + "#sort=series")
    page.until("document.getElementById('f-sort').value === 'series'")
    kernel = "name => name.replace(/^debian-13 /, '')"
    expect(page.value(f"{names}.map({kernel})") == sorted(map(lambda name: name.removeprefix("debian-13 "), everything), key=lambda name: [int(n) for n in name.split("-")[0].split(".")]), "not by kernel")
    expect(page.value(names)[:2] == [everything[0], "debian-13 " + everything[0]], "rows of a kernel change places")


@check_large
def every_row_is_printed(browser, site):
    page = browser.open(address(site, "index.html"), media="print")
    expect(page.value(ROWS + ".every(row => row.getBoundingClientRect().height > 5)"), "rows without a height")
    expect(page.value("getComputedStyle(document.querySelector('#matrix thead')).display") == "table-header-group", "pages would have no head")


@check_large
def the_table_is_whole_to_those_who_hear_it(browser, site):
    page = browser.open(address(site, "index.html"))
    page.until("document.querySelectorAll('#matrix tbody:not(.drawn)').length === 0")
    page.call("Accessibility.enable")
    table = page.call("Runtime.evaluate", expression="document.getElementById('matrix')")["result"]["objectId"]
    roles = [node["role"]["value"] for node in page.call("Accessibility.queryAXTree", objectId=table)["nodes"]]
    rows = page.value(ROWS + ".length")
    expect(roles.count("table") == 1 and roles.count("row") == rows + 1 and roles.count("rowheader") == rows, f"{rows} rows, heard as {({role: roles.count(role) for role in roles})}")


@check_proofs
def the_grid_of_proofs_filters_rows_and_columns(browser, site):
    page = browser.open(address(site, "proofs.html"))
    rows = "[...document.querySelectorAll('.proofs tbody tr')].filter(row => !row.hidden && !row.closest('.grid').hidden)"
    heads = "[...document.querySelectorAll('.grid:not([hidden]) .proofs th.up')].filter(head => !head.hidden).map(head => head.textContent)"
    everything, proofs = page.value(f"{rows}.length"), page.value(heads)
    expect(page.value("document.getElementById('g-count').textContent") == f"{everything} rows", "the count is not that of the rows")
    page.value("(() => { const select = document.getElementById('g-by'); select.value = 'series'; select.dispatchEvent(new Event('change')); })()")
    expect(0 < page.value(f"{rows}.length") < everything, "both tables are still there")
    page.value("document.querySelector('.tools [data-layout=legacy]').click()")
    expect(page.value(f"{rows}.map(row => row.dataset.l)") == ["legacy"], "another layout is still there")
    page.value("document.getElementById('g-open').click()")
    expect(page.value(heads) == ["attach", "key-latched", "dual-stack"], f"columns: {page.value(heads)}")
    expect("layout=legacy" in page.value("location.hash") and "open=1" in page.value("location.hash"), "the address does not keep the filters")
    page.go(address(site, "proofs.html") + "#proof=burst&open=1")
    page.until("document.getElementById('g-proof').value === 'burst'")
    expect(page.value(heads) == ["burst", "burst"] and page.value(f"{rows}.every(row => row.querySelector('td:not([hidden]) a'))"), "a link does not set the filters")
    page.value("document.getElementById('g-reset').click()")
    expect(page.value(f"{rows}.length") == everything and page.value(heads) == proofs, "reset does not bring everything back")
    page.press("Escape")
    page.value("document.querySelector('.proofs td a').focus()")
    first = page.value("document.activeElement.title + document.activeElement.href")
    page.press("ArrowRight")
    expect(page.value("document.activeElement.title + document.activeElement.href") != first, "the arrow does not move")
    expect(page.complaints() == [], page.complaints())


@check_proofs
def cells_are_found_by_their_proofs(browser, site):
    page = browser.open(address(site, "index.html") + "#proof=identity%2Fuid-not-gid")
    expect(page.value("[...document.querySelectorAll('#matrix tbody td:not(.off) a')].map(link => link.textContent.split(' ')[0])") == ["3/5", "3/4"], "not those in which the proof failed")
    page.go(address(site, "index.html") + "#cause=attach-failed%2Fno-cgroup2")
    page.until("document.getElementById('f-cause').value !== ''")
    expect(page.value("[...document.querySelectorAll('#matrix tbody td:not(.off) a')].map(link => link.textContent)") == ["1/4 attach"], "the cause is not found behind its proofs")


@check_proofs
def the_grid_is_heard_as_it_is_seen(browser, site):
    page = browser.open(address(site, "proofs.html"))
    page.call("Accessibility.enable")
    table = page.call("Runtime.evaluate", expression="document.querySelector('.proofs')")["result"]["objectId"]
    nodes = page.call("Accessibility.queryAXTree", objectId=table)["nodes"]
    heard = {node.get("name", {}).get("value", "") for node in nodes if node["role"]["value"] in ("cell", "gridcell", "link", "StaticText")}
    for words in ("passed", "failed", "failed, known defect", "not reached", "unproven"):
        expect(words in heard, f"'{words}' is not heard: {sorted(heard)}")


@check
@check_proofs
def nobody_is_shut_out(browser, site):
    source = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent.joinpath("axe.min.js").read_text()
    cells = [f"cells/{path.name}" for path in sorted((site / "cells").iterdir())]
    names = ["index.html", "changes.html", "boot-times.html", *[name for name in ("deployments.html", "proofs.html", "proofs/attach.html") if (site / name).exists()], *cells[:4], *[f"causes/{path.name}" for path in sorted((site / "causes").iterdir())[:2]]]
    for scheme in ("light", "dark"):
        for name in names:
            page = browser.open(address(site, name), scheme=scheme)
            page.value(source + "; 0")
            found = page.value("axe.run().then(found => found.violations.map(each => each.id + ': ' + each.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.failureSummary).join(' | ')))")
            expect(found == [], f"{name}, {scheme}: {found}")


def pictures(browser, site, folder):
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.open(address(site, "index.html"))
    page.picture(folder / "light.png")
    page.value("document.getElementById('cells').scrollIntoView()")
    page.picture(folder / "cells.png")
    browser.open(address(site, "index.html"), scheme="dark").picture(folder / "dark.png")
    browser.open(address(site, "index.html"), width=390, height=844, phone=True).picture(folder / "phone.png")
    for number, path in enumerate(sorted((site / "cells").iterdir())[:8]):
        browser.open(path.as_uri(), height=1600).picture(folder / f"cell-{number}.png")
    page.print(folder / "print.pdf")


def main():
    site, large, proofs = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    results = {}
    with Browser() as browser:
        for function, subject in [(each, site) for each in CHECKS] + [(each, large) for each in LARGE_CHECKS] + [(each, proofs) for each in PROOF_CHECKS]:
            name = function.__name__.replace("_", " ")
            try:
                function(browser, subject)
                results.setdefault(name, "")
            except AssertionError as error:
                results[name] = str(error)
            except Exception:
                results[name] = traceback.format_exc()
        if len(sys.argv) > 4:
            pictures(browser, site, pathlib.Path(sys.argv[4]))
    print(json.dumps(results, indent=2))


main()
