/* A map without tiles: the district's outline and points, both GeoJSON in WGS-84. Points carry
   {label, url, count, tone, small, here, mark, shape}; the same rows stand in the list beside the map.
   data-near: the streets around the points, however far the outline reaches. data-taps: the field that takes a tap.
   data-draws: the field that takes zones, drawn corner by corner. */
"use strict";
(function () {
  async function rows(address) {
    const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  const NEAR = 16;

  function signed(text) {
    const sign = document.createElement("span");
    sign.textContent = text;
    return sign;
  }

  function pin(feature, place, narrow) {
    const own = feature.properties;
    const count = own.count || 1;
    /* A place with nothing open stays a dot: it must not cover the ones that have. */
    const large = (22 + 9 * Math.log10(count) * 1.6) * (narrow ? 0.85 : 1);
    const size = own.small ? 12 : own.count === 0 ? 9 : Math.round(large);
    const icon = L.divIcon({
      className: `map-pin tone-${own.tone || "accent"}${own.shape === "cause" ? " map-cause" : ""}`,
      iconSize: [size, size],
      html: signed(own.mark || (count > 1 ? String(Number(count)) : "")),
    });
    const marker = L.marker(place, { icon: icon, title: own.label, alt: own.label, keyboard: true, riseOnHover: true, zIndexOffset: own.here ? 10000 : count * 20 });
    const words = document.createElement(own.url ? "a" : "span");
    words.textContent = own.label;
    if (own.url) words.href = own.url;
    return marker.bindPopup(words);
  }

  /* A tap writes "lon,lat" into the field that data-taps names, and moves the square mark there. */
  function taps(box, map) {
    const field = document.getElementById(box.dataset.taps);
    const said = document.querySelector(`[data-tapped="${box.dataset.taps}"]`);
    const undo = document.querySelector(`[data-untap="${box.dataset.taps}"]`);
    let mark = null;
    function show() {
      const [lon, lat] = field.value.split(",").map(Number);
      if (mark) { mark.remove(); mark = null; }
      if (field.value && Number.isFinite(lon) && Number.isFinite(lat)) {
        const icon = L.divIcon({ className: "map-pin tone-late map-cause", iconSize: [24, 24], html: signed(box.dataset.mark) });
        mark = L.marker([lat, lon], { icon: icon, keyboard: false, interactive: false, zIndexOffset: 20000 }).addTo(map);
      }
      said.hidden = undo.hidden = !mark;
    }
    map.on("click", function (event) {
      const place = event.latlng.wrap();
      field.value = `${place.lng.toFixed(6)},${place.lat.toFixed(6)}`;
      show();
    });
    undo.addEventListener("click", function () { field.value = ""; show(); });
    show();
  }

  /* Zones by their corners, the site first; written as GeoJSON into the field that data-draws names. A tap close to a
     corner or an edge that stands already is meant for it, so that neighbours share their border. */
  function draws(box, map) {
    const field = document.getElementById(box.dataset.draws);
    const part = function (name) { return box.parentElement.querySelector(`[data-zone="${name}"]`); };
    const named = part("name"), keeper = part("keeper"), said = part("said");
    const CLOSE = 18;
    let done = [], corners = [];
    const layer = L.layerGroup().addTo(map);
    try { done = JSON.parse(field.value).features; } catch (error) { done = []; }
    function ringOf(feature) { return feature.geometry.coordinates[0].map(function (point) { return L.latLng(point[1], point[0]); }); }
    function near(place) {
      const tap = map.latLngToLayerPoint(place);
      let best = null, least = CLOSE;
      const offer = function (point, bonus) {
        const far = tap.distanceTo(point) - bonus;
        if (far < least) { least = far; best = point; }
      };
      done.forEach(function (feature) {
        const ring = ringOf(feature).map(function (one) { return map.latLngToLayerPoint(one); });
        for (let n = 0; n + 1 < ring.length; n += 1) { offer(ring[n], CLOSE / 2); offer(L.LineUtil.closestPointOnSegment(tap, ring[n], ring[n + 1]), 0); }
      });
      if (!best) return place;
      const corner = done.flatMap(ringOf).find(function (one) { return map.latLngToLayerPoint(one).equals(best); });
      return corner || map.layerPointToLatLng(best);
    }
    function show() {
      layer.clearLayers();
      done.forEach(function (feature, n) {
        const shape = L.polygon(ringOf(feature), { color: n ? "#0d6658" : "#1d2b27", weight: n ? 2 : 4, fill: Boolean(n), interactive: false }).addTo(layer);
        if (n) shape.bindTooltip(String(feature.properties.name).replace(/[<>&]/g, ""), { permanent: true, direction: "center", className: "map-name" });
      });
      if (corners.length) L.polyline(corners, { color: "#a12a1e", weight: 3, dashArray: "4 5", interactive: false }).addTo(layer);
      corners.forEach(function (one) { L.circleMarker(one, { radius: 6, color: "#a12a1e", fillOpacity: 1, interactive: false }).addTo(layer); });
      named.parentElement.hidden = keeper.parentElement.hidden = !done.length;
      part("back").disabled = !done.length && !corners.length;
      field.value = done.length > 1 ? JSON.stringify({ type: "FeatureCollection", features: done }) : "";
    }
    function say(words) { said.textContent = words; }
    map.doubleClickZoom.disable();
    map.on("click", function (event) {
      corners.push(near(event.latlng.wrap()));
      say(box.dataset[done.length ? "next" : "first"]);
      show();
    });
    part("close").addEventListener("click", function () {
      if (corners.length < 3) return say(box.dataset.few);
      if (done.length && !named.value.trim()) { named.focus(); return say(box.dataset.nameless); }
      const ring = [...corners, corners[0]].map(function (one) { return [one.lng, one.lat]; });
      const about = done.length ? { name: named.value.trim(), keeper: keeper.value.trim() } : { site: true };
      done.push({ type: "Feature", properties: about, geometry: { type: "Polygon", coordinates: [ring] } });
      corners = [];
      named.value = keeper.value = "";
      say(box.dataset.next);
      show();
    });
    part("back").addEventListener("click", function () {
      if (corners.length) corners.pop(); else done.pop();
      show();
    });
    say(box.dataset[done.length ? "next" : "first"]);
    show();
  }

  async function drawMap(box) {
    const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, maxZoom: 19, minZoom: 8 });
    const near = "near" in box.dataset;
    const narrow = box.clientWidth < 480;
    let bounds = null;
    const join = function (layer, counts) {
      layer.addTo(map);
      const own = layer.getBounds();
      if (counts && own.isValid()) bounds = bounds ? bounds.extend(own) : own;
    };
    map.setView((box.dataset.center || "29.48,106.48").split(",").map(Number), near ? NEAR : 12);
    L.control.scale({ imperial: false }).addTo(map);
    try {
      if (box.dataset.outline) {
        join(L.geoJSON(await rows(box.dataset.outline), {
          style: { color: "#0d6658", weight: 1.5, opacity: near ? 0.45 : 1, fillColor: "#ffffff", fillOpacity: near ? 0.6 : 0.85 },
          interactive: false,
          onEachFeature: function (feature, layer) {
            if (feature.properties?.label) layer.bindTooltip(String(feature.properties.label).replace(/[<>&]/g, ""), { permanent: true, direction: "center", className: "map-name" });
          },
        }), !near);
      }
      if (box.dataset.points) {
        /* Where the cause is being marked, an earlier mark would be a second one. */
        const layer = L.geoJSON(await rows(box.dataset.points), { filter: function (feature) { return !box.dataset.taps || feature.geometry.type === "Point" && feature.properties.shape !== "cause"; }, pointToLayer: function (feature, place) { return pin(feature, place, narrow); }, style: { color: "#a12a1e", weight: 2, dashArray: "4 5" }, interactive: true });
        /* Where things are is the question: the outline only frames them where there are too few to frame themselves. */
        if (layer.getLayers().length > 4) bounds = null;
        join(layer, true);
      }
      if (bounds) map.fitBounds(bounds, { padding: [24, 24], maxZoom: NEAR });
    } catch (error) {
      box.replaceChildren();
      box.textContent = box.dataset.failed;
    }
    if (box.dataset.taps) taps(box, map);
    if (box.dataset.draws) draws(box, map);
    box.gongzhiMap = map;
  }

  window.gongzhi.drawMap = drawMap;
})();
