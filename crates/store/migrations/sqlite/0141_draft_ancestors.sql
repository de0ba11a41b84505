-- Who wrote the drafts that a draft took the place of, as a JSON list: none of them is its second person.
alter table program_version add column ancestors text not null default '[]';
