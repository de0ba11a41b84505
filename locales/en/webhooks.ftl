# Webhooks and their deliveries.
webhooks-lead = Where Lazo tells what happens, and what became of each message.
webhooks-none = There are no endpoints yet. With one, your shop or CRM hears at once of points, tiers and redemptions.
webhooks-new = Add an endpoint
webhooks-url = Address
webhooks-url-hint = Public, with https://
webhooks-description = What it is for
webhooks-events = Messages
webhooks-events-hint = For example, points.* tier.upgraded. Empty: all.
webhooks-make = Add
webhooks-all = All
webhooks-on = On
webhooks-off = Off
webhooks-failing = { $n } failures in a row
webhooks-secret = The secret that signs. Copy it now.
webhooks-signs = Signs with
webhooks-since = Fails since
webhooks-act = { $act ->
    [test] Try it out
    [rotate] Change the secret
    [on] Turn on
    [off] Turn off
    [dead] Send the lost ones again
    [delete] Remove
   *[other] { $act }
}
webhooks-deliveries = Deliveries
webhooks-no-deliveries = There are none like that.
webhooks-state = { $state ->
    [all] All
    [waiting] waiting
    [delivered] delivered
    [dead] lost
   *[other] { $state }
}
webhooks-what = Message
webhooks-when = When
webhooks-tries = Attempts
webhooks-became = What became of it
webhooks-next = again { $at }
webhooks-back = Back to the endpoint
webhooks-no-tries = Not tried yet.
webhooks-try = Attempt
webhooks-answer = Answer
webhooks-took = Took
webhooks-milliseconds = { $n } ms
webhooks-again = Send again
webhooks-message = The message
