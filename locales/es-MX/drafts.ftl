# Solo lo que en México se dice de otra manera.
drafts-difference = Diferencia de costo
drafts-cost = Costo de lo emitido
drafts-per-minor = Por cada tantos centavos
