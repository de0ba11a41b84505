-- A redemption is found by its own row, which is written with its points: nothing has to be written before them.
create index redemption_named on redemption (tenant, redemption);
drop table redemption_account;
