FROM python:3.11-slim-bookworm
WORKDIR /srv/gongzhi
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && (cd / && python -m gongzhi.console.catalogues) \
    && useradd --system --home /data gongzhi && install -d -o gongzhi /data
USER gongzhi
EXPOSE 8000
CMD ["sh", "-c", "gongzhi migrate && exec gongzhi serve --bind 0.0.0.0"]
