-- Newsletters: a list of each brand, apart from membership, with what is sent to it.
-- A brand's newsletter: whether people may join it, how it greets them, and its topics.
-- owner: newsletter
create table newsletter (
    tenant bigint not null,
    brand bigint not null,
    -- May people join it?
    is_open bigint not null,
    -- 'plain' or 'inclusive': how a new reader is greeted.
    greeting text not null,
    -- Topics with their names by language, as JSON.
    topics text not null,
    -- What addresses are hashed with.
    secret bytea not null,
    changed_at bigint not null,
    primary key (tenant, brand)
);

-- Who is on a list, was, or asked to be. Of who left only the hash of the address stays, with the record of consent.
-- owner: newsletter
create table newsletter_subscriber (
    tenant bigint not null,
    subscriber bigint not null,
    brand bigint not null,
    email_hash bytea not null,
    -- Absent as soon as nothing is to be written to it.
    email text,
    -- 'asked', 'active', 'left', 'complained' or 'bounced'.
    state text not null,
    locale text not null,
    -- Codes of topics that are not wanted, as JSON.
    without text not null,
    asked_at bigint not null,
    -- How many letters were asked for since when; whoever asks too often is sent none.
    asks bigint not null,
    asks_since bigint not null,
    confirmed_at bigint,
    ended_at bigint,
    primary key (tenant, subscriber)
);
create unique index newsletter_subscriber_email on newsletter_subscriber (tenant, brand, email_hash);
create index newsletter_subscriber_list on newsletter_subscriber (tenant, brand, state, subscriber);
create index newsletter_subscriber_asked on newsletter_subscriber (asked_at) where state = 'asked';

-- Every step of a consent: what was read, where, in which language, when.
-- owner: newsletter
create table newsletter_consent (
    tenant bigint not null,
    subscriber bigint not null,
    step bigint not null,
    -- 'asked', 'confirmed', 'preferences', 'left', 'complained' or 'bounced'.
    what text not null,
    at bigint not null,
    -- The page, or how it came otherwise.
    place text not null,
    -- The beginning of the hash of the text that was read, and its language.
    text_hash text not null,
    locale text not null,
    primary key (tenant, subscriber, step)
);

-- What links in letters open, as hashes.
-- owner: newsletter
create table newsletter_token (
    hash bytea not null primary key,
    tenant bigint not null,
    subscriber bigint not null,
    -- 'confirm', or 'own' for preferences and the way out.
    purpose text not null,
    expires_at bigint,
    -- The issue whose letter it is of.
    issue bigint
);
create index newsletter_token_subscriber on newsletter_token (tenant, subscriber);

-- Issues: what is said, who agreed to it, and how far it has come.
-- owner: newsletter
create table newsletter_issue (
    tenant bigint not null,
    issue bigint not null,
    brand bigint not null,
    -- The code of its topic; empty for everybody on the list.
    topic text not null,
    state text not null,
    -- Words by language, as JSON.
    texts text not null,
    secret bytea not null,
    authors text not null,
    created_at bigint not null,
    changed_at bigint not null,
    submitted_at bigint,
    approved_by text,
    approved_at bigint,
    send_at bigint,
    started_at bigint,
    -- Up to which subscriber letters were laid.
    drawn_to bigint not null,
    drawn_at bigint,
    ended_at bigint,
    revision bigint not null,
    primary key (tenant, issue)
);
create index newsletter_issue_due on newsletter_issue (state, send_at);
create index newsletter_issue_brand on newsletter_issue (tenant, brand, state, issue);

-- What a second person said about an issue.
-- owner: newsletter
create table newsletter_word (
    tenant bigint not null,
    issue bigint not null,
    word bigint not null,
    author text not null,
    at bigint not null,
    verdict text not null,
    body text not null,
    primary key (tenant, issue, word)
);

-- The letters of an issue, one for each address. The key is what makes a letter one.
-- owner: newsletter
create table newsletter_letter (
    tenant bigint not null,
    issue bigint not null,
    subscriber bigint not null,
    -- 'ready', 'handing', 'sent', 'bounced' or 'withheld'.
    state text not null,
    reason text not null,
    drawn_at bigint not null,
    leased_until bigint not null,
    attempts bigint not null,
    sent_at bigint,
    primary key (tenant, issue, subscriber)
);
create index newsletter_letter_waiting on newsletter_letter (tenant, issue, leased_until) where state in ('ready', 'handing');
