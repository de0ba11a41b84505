# Lo que en México se dice de otro modo.
dossiers-redemption = { $state ->
    [reserved] reservado
    [captured] entregado
    [cancelled] anulado
    [lapsed] vencido
   *[other] { $state }
}
dossiers-voucher = { $state ->
    [issued] sin usar
    [used] usado
    [withdrawn] retirado
    [expired] vencido
   *[other] { $state }
}
