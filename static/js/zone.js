// Proposes the time zone of the browser. It only fills in the field: nothing is kept before the form is sent.

const field = document.querySelector("[name=time_zone]");
const offer = document.getElementById("zone-offer");
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

if (zone && field.value !== zone) {
  offer.querySelector("b").textContent = zone;
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    field.value = zone;
    offer.hidden = true;
    field.focus();
  });
}
