"""The table that is imported into."""

from django.db import models


class Entry(models.Model):
    """A row of the ten columns."""

    code = models.CharField(max_length=40, unique=True)
    person = models.CharField(max_length=100)
    day = models.DateField()
    begun = models.DateTimeField()
    number = models.IntegerField()
    hours = models.DecimalField(max_digits=12, decimal_places=2)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    billable = models.BooleanField()
    place = models.CharField(max_length=100)
    note = models.TextField(null=True)

    class Meta:
        app_label = "entries"
