# Solo lo que en México se dice de otra manera.
segments-barrier-no-address = Sin correo electrónico
