"""The archive in Datasette, for who wants SQL: the command, what each table and column holds, and a plugin."""
