# Lo que se dice de otro modo en México.
