# Solo lo que en México se dice de otra manera.
merging-rate-value = Cada { $give } son { $get } (× { $rate }), porque un punto de origen vale { $worth } centavos y uno de destino { $target-worth }.
merging-say-gift = Además recibes { $points } de regalo{ $kind ->
    [never] , sin vencimiento
   *[until] , vigentes hasta el { $until }
}.
merging-say-compensation = Para que no pierdas valor, añadimos { $points }{ $kind ->
    [never] , sin vencimiento
   *[until] , vigentes hasta el { $until }
}.
merging-say-lot = { $before } (lote { $lot }) son ahora { $points }{ $kind ->
    [never] , sin vencimiento
   *[until] , vigentes hasta el { $until }
}.
merging-say-voucher = El vale { $code } valía { $before } y vale { $value }{ $kind ->
    [never] , sin vencimiento
   *[until] , vigente hasta el { $until }
}.
merging-say-reinstated = Habían vencido hace poco: recuperas { $points }{ $kind ->
    [never] , sin vencimiento
   *[until] , vigentes hasta el { $until }
}.
