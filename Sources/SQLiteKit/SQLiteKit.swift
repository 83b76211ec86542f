// SQLiteKit: SQLite as an actor per connection: statements that stay prepared, transactions, typed errors.
