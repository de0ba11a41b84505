-- Newsletters: a list of each brand, apart from membership, with what is sent to it.
-- A brand's newsletter: whether people may join it, how it greets them, and its topics.
-- owner: newsletter
create table newsletter (
    tenant integer not null,
    brand integer not null,
    -- May people join it?
    is_open integer not null,
    -- 'plain' or 'inclusive': how a new reader is greeted.
    greeting text not null,
    -- Topics with their names by language, as JSON.
    topics text not null,
    -- What addresses are hashed with.
    secret blob not null,
    changed_at integer not null,
    primary key (tenant, brand)
) strict, without rowid;

-- Who is on a list, was, or asked to be. Of who left only the hash of the address stays, with the record of consent.
-- owner: newsletter
create table newsletter_subscriber (
    tenant integer not null,
    subscriber integer not null,
    brand integer not null,
    email_hash blob not null,
    -- Absent as soon as nothing is to be written to it.
    email text,
    -- 'asked', 'active', 'left', 'complained' or 'bounced'.
    state text not null,
    locale text not null,
    -- Codes of topics that are not wanted, as JSON.
    without text not null,
    asked_at integer not null,
    -- How many letters were asked for since when; whoever asks too often is sent none.
    asks integer not null,
    asks_since integer not null,
    confirmed_at integer,
    ended_at integer,
    primary key (tenant, subscriber)
) strict, without rowid;
create unique index newsletter_subscriber_email on newsletter_subscriber (tenant, brand, email_hash);
create index newsletter_subscriber_list on newsletter_subscriber (tenant, brand, state, subscriber);
create index newsletter_subscriber_asked on newsletter_subscriber (asked_at) where state = 'asked';

-- Every step of a consent: what was read, where, in which language, when.
-- owner: newsletter
create table newsletter_consent (
    tenant integer not null,
    subscriber integer not null,
    step integer not null,
    -- 'asked', 'confirmed', 'preferences', 'left', 'complained' or 'bounced'.
    what text not null,
    at integer not null,
    -- The page, or how it came otherwise.
    place text not null,
    -- The beginning of the hash of the text that was read, and its language.
    text_hash text not null,
    locale text not null,
    primary key (tenant, subscriber, step)
) strict, without rowid;

-- What links in letters open, as hashes.
-- owner: newsletter
create table newsletter_token (
    hash blob not null primary key,
    tenant integer not null,
    subscriber integer not null,
    -- 'confirm', or 'own' for preferences and the way out.
    purpose text not null,
    expires_at integer,
    -- The issue whose letter it is of.
    issue integer
) strict, without rowid;
create index newsletter_token_subscriber on newsletter_token (tenant, subscriber);

-- Issues: what is said, who agreed to it, and how far it has come.
-- owner: newsletter
create table newsletter_issue (
    tenant integer not null,
    issue integer not null,
    brand integer not null,
    -- The code of its topic; empty for everybody on the list.
    topic text not null,
    state text not null,
    -- Words by language, as JSON.
    texts text not null,
    secret blob not null,
    authors text not null,
    created_at integer not null,
    changed_at integer not null,
    submitted_at integer,
    approved_by text,
    approved_at integer,
    send_at integer,
    started_at integer,
    -- Up to which subscriber letters were laid.
    drawn_to integer not null,
    drawn_at integer,
    ended_at integer,
    revision integer not null,
    primary key (tenant, issue)
) strict, without rowid;
create index newsletter_issue_due on newsletter_issue (state, send_at);
create index newsletter_issue_brand on newsletter_issue (tenant, brand, state, issue);

-- What a second person said about an issue.
-- owner: newsletter
create table newsletter_word (
    tenant integer not null,
    issue integer not null,
    word integer not null,
    author text not null,
    at integer not null,
    verdict text not null,
    body text not null,
    primary key (tenant, issue, word)
) strict, without rowid;

-- The letters of an issue, one for each address. The key is what makes a letter one.
-- owner: newsletter
create table newsletter_letter (
    tenant integer not null,
    issue integer not null,
    subscriber integer not null,
    -- 'ready', 'handing', 'sent', 'bounced' or 'withheld'.
    state text not null,
    reason text not null,
    drawn_at integer not null,
    leased_until integer not null,
    attempts integer not null,
    sent_at integer,
    primary key (tenant, issue, subscriber)
) strict, without rowid;
create index newsletter_letter_waiting on newsletter_letter (tenant, issue, leased_until) where state in ('ready', 'handing');
