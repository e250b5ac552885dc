"""Let the keys that came since carry their tenant, lead an index by it, and take back what the workers never do.

A plain key accepts the row of another organisation: the foreign side is checked without row-level security.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

# table, its column, the tenant's column, the table referred to
KEYS = (
    ("match_terms", "run_id", "agency_id", "match_run"),
    ("second_factor_reset", "membership_id", "organisation_id", "membership"),
)
INDEXES = (("organisation_request", "organisation_id"), ("tombstone", "agency_id"))
# what people ask and decide is the web's role alone to write: background work ends a factor, and its codes with it
UNUSED = (
    ("organisation_request", "SELECT, INSERT, UPDATE"),
    ("recovery_code", "INSERT, UPDATE"),
    ("second_factor_reset", "INSERT, UPDATE"),
)


def tie(table: str, columns: tuple[str, ...], target: str, pair: tuple[str, ...]) -> None:
    """Add a foreign key without holding the table while its rows are checked."""
    name = f"fk_{table}_{'_'.join(columns)}"
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)})"
        f" REFERENCES {target} ({', '.join(pair)}) NOT VALID"
    )
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def upgrade() -> None:
    """Replace each plain key by one with the tenant, add the indexes, take the rights back."""
    op.create_unique_constraint("uq_membership_id_organisation_id", "membership", ["id", "organisation_id"])
    for table, column, tenant, target in KEYS:
        tie(table, (column, tenant), target, ("id", tenant))
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, rights in UNUSED:
        op.execute(f"REVOKE {rights} ON {table} FROM sb_worker")


def downgrade() -> None:
    """Go back to plain keys and the wider rights."""
    for table, rights in UNUSED:
        op.execute(f"GRANT {rights} ON {table} TO sb_worker")
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table)
    for table, column, tenant, target in KEYS:
        tie(table, (column,), target, ("id",))
        op.drop_constraint(f"fk_{table}_{column}_{tenant}", table, type_="foreignkey")
    op.drop_constraint("uq_membership_id_organisation_id", "membership", type_="unique")
