-- Of the address on a letter that has its page, only what tells the zone is kept.
-- owner: campaigns
update campaign_member set sort = substr(sort, 1, 5) where place is not null;
