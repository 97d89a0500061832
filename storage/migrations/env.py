"""How Alembic runs here: on the connection that `storage.migrating` hands over, or as SQL text for somebody to read."""

from alembic import context

from storage.tables import metadata

connection = context.config.attributes.get("connection")

if connection is None:
    context.configure(
        url=context.config.get_main_option("sqlalchemy.url"),
        target_metadata=metadata,
        literal_binds=True,
        render_as_batch=True,
    )
else:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite can't alter a table: Alembic copies it
        transactional_ddl=True,
        compare_type=True,
        user_module_prefix="",
    )
with context.begin_transaction():
    context.run_migrations()
