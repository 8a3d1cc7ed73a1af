-- What a grant lets a key do only with a person's approval: a list of holds as JSON. The keys of before have none.
ALTER TABLE grants ADD COLUMN holds TEXT NOT NULL DEFAULT '[]';
