# Two images from one file: `app` runs gateway, worker and action server, `rasa` adds Rasa and the model.
# What is installed is what CI installs: each RUN is a make target that .ci/run passes.
FROM python:3.12-bookworm AS app
WORKDIR /majlis
ENV PYTHONUNBUFFERED=1 MAJLIS_HOME=/var/lib/majlis PATH=/majlis/.venv-app/bin:$PATH
COPY . .
RUN make setup-app
# Nobody of importance: the checkout stays root's, and only the folder of its own can be written.
RUN useradd --uid 10001 --create-home --home-dir /var/lib/majlis majlis
VOLUME /var/lib/majlis
EXPOSE 8080
STOPSIGNAL SIGTERM
USER majlis
CMD ["majlis", "run", "gateway"]

FROM app AS rasa
USER root
# Outside the volume, so that the model is part of the image.
ENV MAJLIS_HOME=/majlis/.majlis
RUN make setup-rasa
RUN make rasa-train
RUN chown -R majlis /majlis/.majlis
EXPOSE 5005
USER majlis
CMD ["majlis", "run", "rasa"]
