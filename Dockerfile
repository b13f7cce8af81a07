FROM python:3.11-slim-bookworm
WORKDIR /srv/gongzhi
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system --home /data gongzhi && install -d -o gongzhi /data
# Loops in machine code are kept where the user may not write beside them.
ENV NUMBA_CACHE_DIR=/srv/gongzhi/compiled
RUN (cd / && python -m gongzhi.console.building)
USER gongzhi
EXPOSE 8000
CMD ["sh", "-c", "gongzhi migrate && exec gongzhi serve --bind 0.0.0.0"]
