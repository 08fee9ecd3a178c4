"""The languages of this service's e-mails, whose catalogues are in `locale/`."""

from chassis.letters.languages import Languages

language_of = Languages("havruta_service").of
