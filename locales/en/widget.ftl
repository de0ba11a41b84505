# What a basket gives, in the brand's shop.
widget-earns = With this purchase you get { $amount }.
widget-would-earn = If you join, this purchase gives you { $amount }.
widget-worth = They are worth { $worth }.
widget-have = You have { $amount } now.
widget-nothing = This purchase gives nothing.
widget-join = Join for free
widget-open = See what you have
