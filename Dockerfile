FROM python:3.11-slim-bookworm
WORKDIR /srv/gongzhi
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system --home /data gongzhi && install -d -o gongzhi /data /var/cache/gongzhi
USER gongzhi
# Loops in machine code are read only where whoever reads them may write as well.
ENV NUMBA_CACHE_DIR=/var/cache/gongzhi
RUN (cd / && python -m gongzhi.console.building)
EXPOSE 8000
CMD ["sh", "-c", "gongzhi migrate && exec gongzhi serve --bind 0.0.0.0"]
