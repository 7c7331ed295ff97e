"""服务机制: products as banks last reported them, by kind and one by one."""

from __future__ import annotations

import pandas as pd

from contract.viewer import Viewer
from etl.snapshot.opened import Snapshot
from metrics.indicators.relations import CITY
from metrics.queries.figures.parts import Told
from metrics.queries.tasks.reach import OF_BANKS, asked, refuse_unless_own, withhold_parts

KINDS = f"""
    SELECT product_type, count(*) FILTER (on_sale) AS on_sale, count(*) FILTER (NOT on_sale) AS withdrawn,
        CAST(sum(customers) FILTER (on_sale) AS BIGINT) AS customers,
        CAST(sum(amount) FILTER (on_sale) AS DOUBLE) AS amount
    FROM set_B5 WHERE period = $period AND {OF_BANKS}
    GROUP BY product_type ORDER BY on_sale DESC, product_type
"""
BEHIND = f"""
    SELECT coalesce(bank_type, '{CITY}') AS entity, product_type, count(DISTINCT bank) AS number FROM set_B5
    WHERE period = $period AND on_list GROUP BY GROUPING SETS ((bank_type, product_type), (product_type))
"""
PRODUCTS = f"""
    SELECT product.bank, member.short_name AS bank_name, product.product_code, product.name, product.product_type,
        product.segment, product.launched_on, product.on_sale, product.customers,
        CAST(product.amount AS DOUBLE) AS amount, product.reported_in
    FROM (SELECT * FROM set_B5 WHERE period = $period AND {OF_BANKS}) AS product
    JOIN member ON member.code = product.bank
    ORDER BY product.bank, product.on_sale DESC, product.product_code
"""


def product_kinds(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a kind of product: `product_type, on_sale, withdrawn` (products), `customers` and `amount` (万元) since
    each on sale was launched; `withheld` where fewer than 3 banks offer the kind."""
    frame = asked(viewer, snapshot, KINDS, period, scope, entity)
    columns = ["on_sale", "withdrawn", "customers", "amount"]
    return withhold_parts(
        viewer, snapshot, period, (scope, entity), frame, "product_type", columns, BEHIND, Told("S19")
    )


def products(viewer: Viewer, snapshot: Snapshot, period: str, scope: str, entity: str) -> pd.DataFrame:
    """One row a product of a bank: `bank, bank_name, product_code, name, product_type, segment, launched_on, on_sale,
    customers, amount` (万元), `reported_in`. The Bureau's, and a bank's own. Raises AccessDenied."""
    refuse_unless_own(viewer, "bank_profile", scope, entity)
    return asked(viewer, snapshot, PRODUCTS, period, scope, entity)
