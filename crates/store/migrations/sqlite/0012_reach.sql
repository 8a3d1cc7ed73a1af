-- Roles that hold in some projects only, and real keys of one project. A list of project ids as JSON; null is everywhere.
-- The same tables and columns as migrations/postgres: a test compares the two.

ALTER TABLE operators ADD COLUMN projects TEXT;
ALTER TABLE invitations ADD COLUMN projects TEXT;
ALTER TABLE tokens ADD COLUMN projects TEXT;
ALTER TABLE credentials ADD COLUMN project TEXT REFERENCES projects (id);
