-- Who issued a token, where that is not its holder: whoever made it may have kept it, so the two are one pair of eyes.
alter table staff_token add column issued_by text;
