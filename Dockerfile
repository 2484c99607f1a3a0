# One image for web, socket, worker, migrations and the building of regions; docker-compose.yml says which is which.

FROM node:22-slim AS npm
WORKDIR /site
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS build
WORKDIR /site
RUN python -m venv /venv
COPY requirements/base.txt requirements/base.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --no-binary http-ece -r requirements/base.txt
COPY . .
COPY --from=npm /site/node_modules node_modules
RUN /venv/bin/python -m babel.messages.frontend compile --directory web/locale --domain django
# No database is asked and no secret is kept: both values are only for this line.
RUN SECRET_KEY=for-collectstatic-only DATABASE_URL=postgresql://unused@127.0.0.1/unused \
    /venv/bin/python manage.py collectstatic --no-input && rm -rf node_modules

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /site --no-create-home detour \
    && install -d -o detour /region /kernels
COPY --from=build /venv /venv
COPY --from=build /site /site
WORKDIR /site
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/kernels \
    DETOUR_REGION_DIR=/region/current
USER detour
EXPOSE 8000
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000"]
