"""Publications: a generation as its readers see it."""

from kg.read.publication import Publications


def test_a_publication_forgets_what_it_has_cached(example):
    """The caches of records, things and facets are empty behind `forget`, and what is read is the same as before."""
    publication = Publications(example).open_live()
    try:
        reference = next(row[0] for row in publication.catalogue.digests())
        thing = publication.catalogue.thing(reference)
        reader = publication.things.reader
        caches = [
            *(reader._cached_record, reader._cached_long_record, publication.things._cached_thing),
            *(publication.finder._facets, publication.finder._axes),
        ]
        before = reader.for_others(thing.offset, thing.length)
        publication.things._cached_thing(reference)
        assert sum(cache.cache_info().currsize for cache in caches) == 2
        publication.forget()
        assert not any(cache.cache_info().currsize for cache in caches)
        assert reader.for_others(thing.offset, thing.length) == before
    finally:
        publication.close()
