-- The operator whose token it is: it does no more than he may. None for those that were made on the host.
-- The same tables and columns as migrations/sqlite: a test compares the two.

ALTER TABLE tokens ADD COLUMN maker TEXT COLLATE "C";
UPDATE tokens SET maker = (SELECT id FROM operators WHERE operators.name = tokens.created_by);
