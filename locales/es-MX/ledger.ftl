# Solo lo que en México se dice de otra manera.
ledger-expires = { $points } vigentes hasta el { $until }
ledger-expires-never = { $points } sin vencimiento
ledger-share-expired = { $points } ya habían vencido y no se retiran otra vez
ledger-moved = { $how ->
    [redeemed] Se canjean { $points }
    [expired] Vencieron { $points }
    [released] Pasan a estar disponibles { $points }
    [lapsed] Regresan por vencer la reserva { $points }
    [held] Se retienen { $points }
    [restored] Regresan { $points }
    [transferred] Se traspasan { $points }
    [adjusted] Se ajustan { $points }
   *[other] { $how }: { $points }
} ({ $validity })
ledger-valid-until = vigentes hasta el { $until }
ledger-valid-always = sin vencimiento
ledger-extended = La vigencia se alarga: antes { $from }, ahora { $to }
