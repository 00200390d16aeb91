"""ASGI entry point of the portal.

Lives here: Django's application object. Stays out: routes (``portal.urls``).
"""

from config import django_setup

django_setup()

from django.core.asgi import get_asgi_application  # noqa: E402

application = get_asgi_application()
