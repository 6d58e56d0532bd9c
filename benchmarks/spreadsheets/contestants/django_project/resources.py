"""How entries are imported by key, in bulk."""

from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource

from .models import Entry


class Bulk(ModelResource):
    """Its bulk mode as it comes."""

    class Meta:
        model = Entry
        import_id_fields = ("code",)
        exclude = ("id",)
        use_bulk = True


class Tuned(Bulk):
    """The same with what its documentation has to offer besides."""

    class Meta(Bulk.Meta):
        instance_loader_class = CachedInstanceLoader
        skip_diff = True
        report_skipped = False
