# Solo lo que en México se dice de otra manera.
ledger-expires = { $points } vencen el { $at }
ledger-expires-never = { $points } sin vencimiento
ledger-share-expired = { $points } ya habían vencido y no se retiran otra vez
ledger-moved = { $how ->
    [redeemed] Se canjean { $points }
    [expired] Vencen { $points }
    [released] Pasan a estar disponibles { $points }
    [lapsed] Regresan por vencer la reserva { $points }
    [held] Se retienen { $points }
    [restored] Regresan { $points }
    [transferred] Se traspasan { $points }
    [adjusted] Se ajustan { $points }
   *[other] { $how }: { $points }
} (vencimiento: { $expires })
ledger-extended = El vencimiento pasa del { $from } al { $to }
