# Solo lo que en México se dice de otra manera.
requests-cost = Costo de lo emitido
