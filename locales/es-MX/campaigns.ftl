# Solo lo que en México se dice de otra manera.
campaigns-letters-lead = Así la lee alguien sin nombre conocido. Lo que sale es esto mismo, byte por byte.
campaigns-form-lead = Guardar no envía nada. Después la aprueba otra persona y se le da su hora.
