// SQLiteKit: one SQLite database file as an actor, its statements and errors.
