# One image for web, worker, beat and migrations; docker-compose.yml says which command each runs.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /bootstrap \
    && /bootstrap/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && python -m venv /app/.venv \
    && /bootstrap/bin/uv pip sync --no-cache --require-hashes --python /app/.venv/bin/python requirements.lock
COPY . .
# Assets and hashed static files are made once, here; neither needs a database.
ENV PLUMBLINE_STATE=/app/var
RUN .venv/bin/python manage.py build_assets \
    && .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf var/npm var/secret-key var/run var/logs

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 plumbline \
    && useradd --system --uid 10001 --gid plumbline --home-dir /app --no-create-home plumbline
WORKDIR /app
COPY --from=build /app /app
RUN mkdir -p /state && chown plumbline:plumbline /state
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLUMBLINE_STATE=/app/var \
    DJANGO_SETTINGS_MODULE=config.settings
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "config.probe", "web"]
CMD ["gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
