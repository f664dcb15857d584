"""gridctl against a real daemon: what a newcomer types in the first hour."""

import json
import re

import pytest
from harness import BUILD, TOWN, a_case, run

NUMBER = r"20261123-\d{7,}"


@pytest.fixture
def gridctl(daemon):
    def call(*args, expect=0, lang="C"):
        done = run(["env", f"LANG={lang}", BUILD / "gridctl", *args, "--socket", daemon.url])
        assert "Sanitizer" not in done.stderr, done.stderr
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        return done

    return call


def submit(gridctl, ref, *more):
    return gridctl("case", "submit", "--class", "E70-05", "--estate", "pp-001", "--channel", "patrol", "--ref", ref,
                   "--text", "三楼漏水", *more)


def test_ping_and_info(gridctl):
    assert gridctl("system", "ping").stdout == "ready\n"
    out = gridctl("system", "info").stdout
    assert TOWN in out and "Trial Town" in out and "(test clock)" in out and "admin" in out
    assert "试验镇" in gridctl("system", "info", lang="zh_CN.UTF-8").stdout


def test_submit_show_list_history(gridctl):
    number = re.match(NUMBER, submit(gridctl, "CTL-1").stdout).group()
    again = submit(gridctl, "CTL-1").stdout
    assert again.startswith(number) and "(was there already)" in again
    shown = gridctl("case", "show", number, lang="zh_CN").stdout
    for text in ["待处置", "E70-05 房屋漏水", "一号小区 (pp-001)", "内容      三楼漏水", "甲物业 (firm_a)", "网格巡查 (patrol)", "接单"]:
        assert text in shown, shown
    assert gridctl("case", "show", "patrol/CTL-1", lang="zh_CN").stdout == shown
    assert number in gridctl("case", "list", "--unit", "firm_a").stdout
    assert json.loads(gridctl("case", "show", number, "--json").stdout)["number"] == number
    history = gridctl("case", "history", number).stdout.splitlines()
    assert len(history) >= 2 and "case.submitted" in history[1]


def test_dry_run_stores_nothing(gridctl):
    out = submit(gridctl, "CTL-DRY", "--dry-run").stdout
    assert "nothing stored" in out and "firm_a" in out
    gridctl("case", "show", "patrol/CTL-DRY", expect=5)


def test_refusals(gridctl):
    error = gridctl("case", "submit", "--class", "E70-5", "--estate", "pp-01", "--channel", "patrol", "--ref", "x", "--text", "y",
                    expect=1).stderr
    assert re.search(r"^  class: .*E70-05", error, re.M) and re.search(r"^  estate: .*pp-001", error, re.M)
    submit(gridctl, "CTL-2")
    error = gridctl("case", "submit", "--channel", "patrol", "--ref", "CTL-2", "--text", "another", expect=6).stderr
    assert re.search(rf"gridctl case show {NUMBER}", error)
    assert "gridctl case list" in gridctl("case", "show", "20261123-9999999", expect=5).stderr
    gridctl("rpc", "call", "no.such", expect=1)


def test_explain(gridctl):
    out = gridctl("rules", "explain", "--class", "E70-05", "--address", "试验路100弄3号", "--channel", "patrol").stdout
    for text in ["firm_a", "rules/all.yaml:", "试验路100弄", "✓", "handle"]:
        assert text in out, out


def test_rules_show_and_reload(gridctl):
    assert "rules/all.yaml" in gridctl("rules", "show").stdout
    assert re.search(r"pack version \d+", gridctl("rules", "reload").stdout)


def test_import_advance_board_verify(gridctl, folder):
    lines = [a_case(text=f"第{i}件", received_at=f"2026-11-23T10:{i:02}:00+08:00") for i in range(40)]
    lines.insert(20, a_case(estate="nowhere"))
    (folder / "day.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    day = folder / "day.jsonl"
    done = gridctl("case", "import", day, "--advance", "--tag", "demo", expect=1)
    assert done.stdout == "40 new, 0 there already, 1 refused\n" and re.search(r"day\.jsonl:21: estate: ", done.stderr)
    assert gridctl("case", "import", day, "--tag", "demo", expect=1).stdout == "0 new, 40 there already, 1 refused\n"
    assert gridctl("case", "import", day, "--dry-run", expect=1).stdout == "40 sound, 1 refused; nothing was stored\n"
    found = json.loads(gridctl("case", "list", "--tag", "demo", "--all", "-n", "7", "--json").stdout)["cases"]
    assert sorted(c["text"] for c in found) == sorted(f"第{i}件" for i in range(40))
    assert gridctl("test", "advance", "--to", "2026-12-10T22:00:00+08:00").stdout.startswith("now 2026-12-10 22:00:00")
    total = json.loads(gridctl("board", "--json").stdout)["total"]
    assert total["open"] >= 40 and total["overdue"] >= 40
    assert re.search(r"合计\s+\d+\s+\d+\s+\d+", gridctl("board", lang="zh_CN").stdout)
    assert len(gridctl("case", "list", "--overdue", "any", "--sort", "overdue", "--all").stdout.splitlines()) >= 41
    assert "ok" in gridctl("db", "verify").stdout.splitlines()[-1]


def test_import_csv_from_an_office(gridctl, folder):
    (folder / "orders.csv").write_bytes("工单号,类别,地址,描述\r\nA-1,漏水,试验路100弄5号,\"厨房漏水，\r\n楼下也湿\"\r\n".encode("gb18030"))
    (folder / "map.yaml").write_text("text: 描述\naddress: 地址\nsource.ref: 工单号\nsource.channel: {const: hotline}\n"
                                     "class: {column: 类别, values: {漏水: E70-05}}\n", "utf-8")
    assert gridctl("case", "import", folder / "orders.csv", "--map", folder / "map.yaml").stdout.startswith("1 new")
    case = json.loads(gridctl("case", "show", "hotline/A-1", "--json").stdout)
    assert case["estate"] == "pp-001" and case["text"] == "厨房漏水，\r\n楼下也湿"
