"""What the briefing and the letters of another region say: its own name, its own authorities, its own series."""

import pytest

from briefing.issue.declared import wordings
from briefing.parts.declared import part_of, parts, transmission
from casework.papers.letters import templates
from contract.declarations import forms
from contract.errors import CallError, DeclarationError
from metrics.targets.reference_series import all_series, declared_values
from tests.metrics.nation.regions import process_of

REGIONS = "code,name,short_name\n320000,江苏省,江苏\n330000,浙江省,浙江\n"
UNITS = """region,code,name,short_name,aliases,group
320000,320100,南京市,南京,,core
320000,000000,省外,省外,,
330000,330100,杭州市,杭州,,core
330000,000000,省外,省外,,
"""
AUTHORITIES = """region,part,name,short_name
320000,ip_office,江苏省知识产权局,省知识产权局
330000,ip_office,浙江省市场监督管理局,省市场监管局
330000,industry,浙江省经济和信息化厅,省经信厅
"""
NOBODY_ELSE = ["special", "quarterly"]


@pytest.fixture
def declared(tmp_path):
    for name, rows in (("regions", REGIONS), ("districts", UNITS), ("authorities", AUTHORITIES)):
        (tmp_path / f"{name}.csv").write_text(rows, encoding="utf-8")
    return tmp_path


def test_another_region_speaks_of_itself_and_to_its_own_authorities(declared):
    with process_of(declared, "330000"):
        assert wordings().title == "浙江省知识产权金融生态综合试点监管月报"
        assert "不是全省数" in wordings().notes["scope"]
        assert list(parts()) == ["special", "ip_office", "industry", "quarterly"]
        office = part_of("ip_office")
        assert (office.name, office.to) == ("分送省市场监管局", "浙江省市场监督管理局")
        assert office.title == "浙江省知识产权金融生态综合试点监管月报（分送省市场监管局）"
        assert transmission().issuer == templates().issuer == "浙江金融监管局"
        assert forms()["B3"].column("credit_plan").note.startswith("为浙江地区单列")
        assert all_series()["firm_loan_rate"].source == "中国人民银行浙江省分行"
        with pytest.raises(CallError, match="没有分送件“central_bank”"):
            part_of("central_bank")


def test_what_was_published_of_beijing_is_no_reference_for_another_region(declared):
    of_beijing = {value.series for value in declared_values()}
    with process_of(declared, "320000"):
        elsewhere = {value.series for value in declared_values()}
    assert of_beijing - elsewhere == {
        "loans_growth", "tech_loans_growth", "firm_loan_rate", "ip_balance_beijing", "ip_growth_beijing",
        "specialised_firms",
    }  # fmt: skip


def test_where_a_region_names_no_authority_it_has_no_such_part(declared):
    (declared / "authorities.csv").unlink()
    with process_of(declared, "320000"):
        assert list(parts()) == NOBODY_ELSE


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("110000,ip_office,北京市知识产权局,市知识产权局", "未声明的区域“110000”"),
        ("320000,special,局,局", "special不是分送部门的件"),
    ],
)
def test_a_wrong_authority_is_named(declared, row, told):
    (declared / "authorities.csv").write_text(f"region,part,name,short_name\n{row}\n", encoding="utf-8")
    with process_of(declared, "320000"), pytest.raises(DeclarationError, match=told):
        parts()
