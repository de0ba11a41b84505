-- Small adjustments of one account are added up before one more is posted by one person alone.
-- owner: adjustments
create index adjustment_account on adjustment (tenant, account, asked_at);
