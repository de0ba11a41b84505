-- Which partner an item came from; empty for what a source tells itself.
alter table integration_item add column partner text not null default '';
