-- What the names of a project's people in the ledger are made with, so that nobody finds a number by trying all.
alter table integration_project add column secret text not null default '';

-- Everybody who ran a wave since it was planned, as JSON: none of them signs it.
alter table integration_wave add column runners text not null default '[]';
