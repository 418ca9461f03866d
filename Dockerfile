# syntax=docker/dockerfile:1

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
RUN python -m venv /opt/policy-api && python -m venv /opt/build
# The locks change less often than the code, so they are a layer of their own.
COPY requirements/build.txt requirements/run.txt requirements/
RUN /opt/build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt \
    && /opt/policy-api/bin/pip install --require-hashes --only-binary :all: -r requirements/run.txt
COPY . .
RUN /opt/build/bin/hatchling build -t wheel -d /wheels \
    && /opt/policy-api/bin/pip install --no-index --no-deps /wheels/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin policy \
    && install --directory --owner=policy --group=policy --mode=0700 /data
COPY --from=build /opt/policy-api /opt/policy-api
ENV PATH=/opt/policy-api/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    POLICY_API_PROFILE=production \
    POLICY_API_DATA_DIR=/data \
    POLICY_API_BIND=0.0.0.0
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["policy-api"]
CMD ["serve"]
