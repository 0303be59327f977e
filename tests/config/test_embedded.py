import pytest
from django.db import connection
@pytest.mark.django_db
def test_application_role_cannot_make_tables():
    from django.db import ProgrammingError
    with connection.cursor() as c, pytest.raises(ProgrammingError):
        c.execute("create table x(a int)")
@pytest.mark.django_db(transaction=True)
def test_t():
    from django.contrib.auth.models import Group
    n=Group.objects.count(); assert n
    Group.objects.create(name="zz")
@pytest.mark.django_db(transaction=True)
def test_t2():
    from django.contrib.auth.models import Group
    assert not Group.objects.filter(name="zz").exists()
    assert Group.objects.count()
